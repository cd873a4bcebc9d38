import { Alert, Button, Card, Group, Select, Stack, Switch, Tabs, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconDownload, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { logFile, type LogFacts, type LogId, type LogLevel, logs } from "../logs/calls";
import { LogTable } from "../logs/LogTable";
import { useLog } from "../logs/useLog";
import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";
import { bytes } from "../status/words";

const LEVELS: { value: LogLevel; label: string }[] = [
  { value: "debug", label: "Everything" },
  { value: "info", label: "Information and above" },
  { value: "warning", label: "Warnings and errors" },
  { value: "error", label: "Errors only" },
];

/** What the camera has written down: its own reports, who asked, who changed what. */
export function Logs() {
  const [log, setLog] = useState<LogId>("system");
  const kept = useQuery({ queryKey: ["logs"], queryFn: logs });
  if (!kept.data) return <Loading problem={kept.error?.message ?? null} />;
  const facts = kept.data.find(({ id }) => id === log);
  return (
    <Stack>
      <PageTitle title="Logs">What the camera has written down, the newest first. Passwords and keys never are.</PageTitle>
      <Tabs value={log} onChange={(value) => setLog(value as LogId)}>
        <Tabs.List>
          {kept.data.map(({ id, title }) => (
            <Tabs.Tab key={id} value={id}>
              {title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      {facts && <OneLog key={log} facts={facts} />}
    </Stack>
  );
}

function OneLog({ facts }: { facts: LogFacts }) {
  const [level, setLevel] = useState<LogLevel>("debug");
  const [words, setWords] = useState("");
  const [following, setFollowing] = useState(true);
  const [text] = useDebouncedValue(words, 300);
  const { lines, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useLog(facts.id, { level, text }, following);
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {facts.purpose} At most {bytes(facts.most_bytes)} are kept.
      </Text>
      <Group align="end">
        <Select label="Level" data={LEVELS} value={level} onChange={(value) => value && setLevel(value as LogLevel)} allowDeselect={false} w={220} maw="100%" />
        <TextInput
          label="Search"
          placeholder="Words in the line"
          leftSection={<IconSearch size={16} />}
          value={words}
          onChange={({ currentTarget }) => setWords(currentTarget.value)}
          w={260}
          maw="100%"
        />
        <Switch label="Follow" checked={following} onChange={({ currentTarget }) => setFollowing(currentTarget.checked)} mb={8} />
        <Button component="a" href={logFile(facts.id)} download variant="default" leftSection={<IconDownload size={16} />}>
          Download
        </Button>
      </Group>
      {error && <Alert color="orange">{error.message} What is shown is older.</Alert>}
      <Card withBorder p={0}>
        {lines.length === 0 ? (
          <Text size="sm" c="dimmed" p="md">
            {isPending ? "Reading…" : words || level !== "debug" ? "No line is like that." : "Nothing has been written yet."}
          </Text>
        ) : (
          <LogTable title={facts.title} lines={lines} />
        )}
      </Card>
      <Group justify="space-between">
        <Text size="sm" c="dimmed" aria-live="polite">
          {lines.length} lines
        </Text>
        {hasNextPage && (
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show older
          </Button>
        )}
      </Group>
    </Stack>
  );
}
