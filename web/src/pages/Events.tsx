import { Alert, Badge, Button, Card, Group, Select, Stack, Switch, Table, Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";

import type { CameraEvent } from "../api";
import { useEvents } from "../events/useEvents";
import { alarming, found, kinds, name, sentence } from "../events/words";
import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";

const PAGE = 100;

/** What has happened since the camera was started. */
export function Events() {
  const [live, setLive] = useState(true);
  const [kind, setKind] = useState<string | null>(null);
  const [words, setWords] = useState("");
  const [limit, setLimit] = useState(PAGE);
  const { events, holding, problem } = useEvents(live);
  if (!events) return <Loading problem={problem?.message ?? null} />;
  const matching = found(events, kind, words);
  return (
    <Stack>
      <PageTitle title="Events">What has happened since the camera was started, the newest first.</PageTitle>
      {problem && <Alert color="orange">{problem.message} What is shown is older.</Alert>}
      <Holding conditions={holding} />
      <Group align="end">
        <Select label="Kind" placeholder="All kinds" data={kinds(events)} value={kind} onChange={setKind} clearable searchable w={260} maw="100%" />
        <TextInput
          label="Search"
          placeholder="Words in the event"
          leftSection={<IconSearch size={16} />}
          value={words}
          onChange={({ currentTarget }) => setWords(currentTarget.value)}
          w={260}
          maw="100%"
        />
        <Switch label="Follow live" checked={live} onChange={({ currentTarget }) => setLive(currentTarget.checked)} mb={8} />
      </Group>
      <Card withBorder p={0}>
        {matching.length === 0 ? (
          <Text size="sm" c="dimmed" p="md">
            {events.length === 0 ? "Nothing has happened yet." : "No event is like that."}
          </Text>
        ) : (
          <Log events={matching.slice(0, limit)} />
        )}
      </Card>
      <Group justify="space-between">
        <Text size="sm" c="dimmed" aria-live="polite">
          {Math.min(limit, matching.length)} of {matching.length} events
        </Text>
        {matching.length > limit && (
          <Button variant="default" onClick={() => setLimit(limit + PAGE)}>
            Show more
          </Button>
        )}
      </Group>
    </Stack>
  );
}

/** The conditions that hold at this moment. */
function Holding({ conditions }: { conditions: CameraEvent[] }) {
  return (
    <Group gap="xs" role="list" aria-label="Now">
      <Text size="sm" fw={600}>
        Now
      </Text>
      {conditions.map((event) => (
        <Badge key={`${event.topic} ${JSON.stringify(event.source)}`} role="listitem" variant="light" color={alarming(event) ? "red" : "teal"} tt="none">
          {name(event)}
        </Badge>
      ))}
    </Group>
  );
}

function Log({ events }: { events: CameraEvent[] }) {
  return (
    <Table verticalSpacing={6} horizontalSpacing="md" aria-label="Events">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>When</Table.Th>
          <Table.Th>What</Table.Th>
          <Table.Th visibleFrom="md">Kind</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {events.map((event) => (
          <Table.Tr key={event.sequence} data-topic={event.topic}>
            <Table.Td style={{ fontVariantNumeric: "tabular-nums", verticalAlign: "top", whiteSpace: "nowrap", width: "1%" }}>
              <time dateTime={new Date(event.wall_ms).toISOString()}>{new Date(event.wall_ms).toLocaleString()}</time>
            </Table.Td>
            <Table.Td style={{ overflowWrap: "anywhere", verticalAlign: "top" }} c={alarming(event) ? "red" : undefined}>
              {sentence(event)}
            </Table.Td>
            <Table.Td visibleFrom="md" style={{ verticalAlign: "top" }}>
              <Badge variant="light" color={alarming(event) ? "red" : "gray"} tt="none">
                {event.title}
              </Badge>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
