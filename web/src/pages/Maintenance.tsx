import { Alert, Button, Card, Group, Modal, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDownload, IconFileText, IconRefresh, IconRestore } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { maintenance, reportFile, restart } from "../maintenance/calls";
import { ReturnProgress } from "../maintenance/Progress";
import { ResetDialog } from "../maintenance/ResetDialog";
import { useReturn } from "../maintenance/useReturn";
import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";
import { useSettings } from "../settings/useSettings";

const HINT = "The camera does not answer yet. Is it still starting, or has its port changed? The page goes on waiting.";

/** Restart, factory default, and the report for who is to help. */
export function Maintenance() {
  const facts = useQuery({ queryKey: ["maintenance"], queryFn: maintenance });
  const [resetting, { open, close }] = useDisclosure(false);
  if (!facts.data) return <Loading problem={facts.error?.message ?? null} />;
  return (
    <Stack>
      <PageTitle title="Maintenance" />
      {!facts.data.orderly && (
        <Alert color="orange" title="The last run did not end in order">
          Started because: {facts.data.started_because}.{facts.data.crash_report && " The crash report is part of the server report."}
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <RestartCard because={facts.data.started_because} />
        <Task title="Factory default" text="Puts the camera back to the state in which it came, for a new owner or after an attack.">
          <Button color="red" variant="outline" leftSection={<IconRestore size={16} />} onClick={open}>
            Factory default…
          </Button>
        </Task>
        <Task
          title="Server report"
          text="Versions, settings, logs, the computer and a picture, in one file for who is to help you. No passwords or keys are in it; names of accounts and addresses of clients are."
        >
          <Button component="a" href={reportFile("zip_with_image")} download leftSection={<IconDownload size={16} />}>
            Download report
          </Button>
          <Button component="a" href={reportFile("text")} target="_blank" rel="noreferrer" variant="default" leftSection={<IconFileText size={16} />}>
            View as text
          </Button>
        </Task>
      </SimpleGrid>
      <ResetDialog opened={resetting} close={close} facts={facts.data} />
    </Stack>
  );
}

function RestartCard({ because }: { because: string }) {
  const [asking, { open, close }] = useDisclosure(false);
  const { stage, seconds, problem, begin, busy } = useReturn();
  const waiting = useSettings().access?.restartNeeded ?? [];
  return (
    <Task title="Restart" text={`Settings and recordings stay; streams end and everybody has to log in again. Last start: ${because}.`}>
      {waiting.length > 0 && (
        <Text size="sm" w="100%">
          Waiting for a restart: {waiting.join(", ")}
        </Text>
      )}
      <Button leftSection={<IconRefresh size={16} />} onClick={open}>
        Restart…
      </Button>
      <Modal opened={asking} onClose={close} title="Restart the camera?" closeOnClickOutside={!busy} closeOnEscape={!busy} withCloseButton={!busy}>
        <Stack>
          <Text size="sm">Streams end and recordings pause for the seconds that it takes.</Text>
          <ReturnProgress stage={stage} seconds={seconds} hint={HINT} />
          {problem && <Alert color="red">{problem}</Alert>}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} disabled={busy}>
              Cancel
            </Button>
            <Button loading={busy} onClick={() => void begin(restart)}>
              Restart
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Task>
  );
}

function Task({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <Card withBorder>
      <Stack h="100%" justify="space-between">
        <div>
          <Title order={2} size="h5">
            {title}
          </Title>
          <Text size="sm" c="dimmed">
            {text}
          </Text>
        </div>
        <Group>{children}</Group>
      </Stack>
    </Card>
  );
}
