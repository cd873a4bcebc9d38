import { Alert, Badge, Button, Card, Group, Radio, Stack, Table, TagsInput, Text, TextInput, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconRefresh } from "@tabler/icons-react";
import { useState } from "react";

import { saying } from "../api";
import type { SettingsAccess, Values } from "../settings/useSettings";
import { type CameraTime, clock, type NtpServer } from "./calls";
import { span, wallClock } from "./words";

const MOST = 5;
const COLOURS: Record<NtpServer["standing"], string> = {
  waiting: "gray",
  followed: "teal",
  agrees: "teal",
  disagrees: "orange",
  refused: "red",
  silent: "orange",
  denied: "red",
};

interface Props {
  time: CameraTime;
  access: SettingsAccess;
  refresh(): unknown;
}

/** Whom the clock follows: the machine, servers, or nobody. */
export function SourceCard({ time, access, refresh }: Props) {
  const kept = (access.values["time.ntp_servers"] ?? []) as string[];
  const [source, setSource] = useState(time.source);
  const [servers, setServers] = useState(kept);
  const [manual, setManual] = useState("");
  const [refusal, setRefusal] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const mayServers = access.mayWrite("time.ntp_servers");

  const run = async (work: () => Promise<unknown>, done: string) => {
    setBusy(true);
    setRefusal(null);
    try {
      await work();
      notifications.show({ message: done, color: "teal" });
    } catch (error) {
      setRefusal(saying(error));
    } finally {
      setBusy(false);
      await refresh();
    }
  };
  const save = () => {
    if (source === "manual") return run(() => clock.set(manual), "The clock was set.");
    const changes: Values = { "time.source": source };
    if (source === "ntp" && mayServers) changes["time.ntp_servers"] = servers;
    return run(() => access.change(changes), "Saved. The clock follows it from now on.");
  };
  const fromComputer = () => {
    setSource("manual");
    return run(() => clock.set(new Date().toISOString()), "The clock shows the time of this computer now.");
  };
  const ready = source === "manual" ? manual !== "" : source === "ntp" ? servers.length > 0 : true;
  return (
    <Card withBorder>
      <Stack>
        <Radio.Group label="Synchronisation" value={source} onChange={(value) => setSource(value as CameraTime["source"])}>
          <Stack gap="xs" mt={6}>
            <Radio value="machine" label="Follow the machine" description="Right where the machine keeps its own time, as most do." />
            <Radio value="ntp" label="Follow NTP servers" description="The camera keeps its own time, whatever the machine's clock says." />
            <Radio value="manual" label="Set by hand" description="Goes on from what you set. Nothing corrects it." />
          </Stack>
        </Radio.Group>
        {source === "ntp" && (
          <TagsInput
            label="NTP servers"
            description={`Names or addresses, up to ${MOST}; press Enter after each. With three or more, one that is wrong is outvoted.`}
            placeholder={servers.length ? "" : "pool.ntp.org"}
            value={servers}
            onChange={setServers}
            maxTags={MOST}
            disabled={!mayServers}
            acceptValueOnBlur
          />
        )}
        {source === "manual" && (
          <Group align="flex-end">
            <TextInput
              type="datetime-local"
              step={1}
              label="Date and time"
              description={`In the camera's time zone (${time.zone || time.rule})`}
              value={manual}
              onChange={(event) => setManual(event.currentTarget.value)}
            />
            <Button variant="default" onClick={() => void fromComputer()} loading={busy}>
              Take it from this computer
            </Button>
          </Group>
        )}
        {source !== "ntp" && (
          <Text size="xs" c="dimmed">
            A jump begins a new file in recordings. A clock set far ahead makes recordings old, and old ones are removed.
          </Text>
        )}
        {refusal && <Alert color="red">{refusal}</Alert>}
        <Group>
          <Button onClick={() => void save()} loading={busy} disabled={!ready}>
            {source === "manual" ? "Set the clock" : "Save"}
          </Button>
        </Group>
        {time.synchronisation && <Servers time={time} onAsk={() => void run(clock.synchronise, "The servers are being asked.")} />}
      </Stack>
    </Card>
  );
}

function Servers({ time, onAsk }: { time: CameraTime; onAsk(): void }) {
  const state = time.synchronisation;
  if (!state) return null;
  const next = wallClock(Date.now() + state.next_s * 1000, -new Date().getTimezoneOffset() * 60_000).time;
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Title order={3} size="h6">
          {state.synchronised ? "Synchronised" : "Not synchronised"}
        </Title>
        <Button size="compact-sm" variant="default" leftSection={<IconRefresh size={16} />} onClick={onAsk}>
          Ask now
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        {state.reason ? `${sentence(state.reason)} The clock goes on meanwhile.` : `Last found wrong by ${span(state.offset_s ?? 0)}, ${span(state.ago_s ?? 0)} ago.`}{" "}
        {state.next_s > 0 && `Asked again at ${next} of this computer's clock.`}
      </Text>
      <Table.ScrollContainer minWidth={420}>
        <Table verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Server</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th ta="right">Answers in</Table.Th>
              <Table.Th ta="right">Stratum</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {state.servers.map((server) => (
              <Table.Tr key={server.name}>
                <Table.Td>
                  {server.name}
                  {server.reason && (
                    <Text size="xs" c="dimmed">
                      {sentence(server.reason)}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>
                  <Badge color={COLOURS[server.standing]} variant="light" miw="max-content">
                    {server.standing}
                  </Badge>
                </Table.Td>
                <Table.Td ta="right">{server.delay_s === null ? "–" : span(server.delay_s)}</Table.Td>
                <Table.Td ta="right">{server.stratum ?? "–"}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;
}
