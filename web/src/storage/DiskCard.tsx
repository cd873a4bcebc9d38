import { Alert, Badge, Button, Card, Group, Menu, Progress, Stack, Text, Title } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";

import { saying } from "../api";
import { bytes } from "../status/words";
import { type Action, followed, type StorageDisk, storage } from "./calls";
import { meanwhile, nature, STATES } from "./words";

const FORMAT = (name: string) =>
  `Remove all recordings of this camera from ${name}? Other files on it stay. This cannot be undone.`;
const UNMOUNT = (disk: StorageDisk) => `${disk.running} recording${disk.running === 1 ? " is" : "s are"} being written to ${disk.name}. Unmount it all the same?`;

/** One disk: how it is, what it does, and what a person can do with it. */
export function DiskCard({ disk, mayManage, more, children }: { disk: StorageDisk; mayManage: boolean; more?: ReactNode; children?: ReactNode }) {
  const client = useQueryClient();
  const [action, setAction] = useState<Action | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const state = STATES[disk.state] ?? { label: disk.state, color: "gray" };
  const mounted = disk.state !== "unmounted";
  const used = disk.total > 0 ? (100 * (disk.total - disk.free)) / disk.total : 0;
  const ours = disk.total > 0 ? (100 * disk.recordings) / disk.total : 0;
  const wait = meanwhile(disk);

  const act = async (name: string) => {
    if (name === "format" && !window.confirm(FORMAT(disk.name))) return;
    if (name === "unmount" && disk.running > 0 && !window.confirm(UNMOUNT(disk))) return;
    setRefusal(null);
    setAction({ id: 0, name, target: disk.id, end: "running", progress: 0, words: "", stoppable: false });
    try {
      const begun = (await storage.act(disk.id, name)).action;
      const ended = begun && (await followed(begun, setAction));
      if (ended?.end === "failed") setRefusal(ended.words);
    } catch (error) {
      setAction(null);
      setRefusal(saying(error));
    }
    await client.invalidateQueries({ queryKey: ["storage"] });
  };
  return (
    <Card withBorder data-disk={disk.id}>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap" align="start">
          <Group gap="xs">
            <Title order={2} size="h5">
              {disk.name}
            </Title>
            <Badge color={state.color}>{state.label}</Badge>
            {disk.protected && <Badge color="gray">write-protected</Badge>}
            {disk.running > 0 && (
              <Badge color="red" variant="dot">
                {disk.running === 1 ? "recording" : `${disk.running} recordings`}
              </Badge>
            )}
            <Text size="sm" c="dimmed">
              {nature(disk)}
            </Text>
          </Group>
          {mayManage && (
            <Group gap="xs" wrap="nowrap">
              <Button size="xs" variant="default" disabled={action?.end === "running"} onClick={() => void act(mounted ? "unmount" : "mount")}>
                {mounted ? "Unmount" : "Mount"}
              </Button>
              <Menu position="bottom-end" withArrow>
                <Menu.Target>
                  <Button size="xs" variant="default" px={6} aria-label={`More for ${disk.name}`} disabled={action?.end === "running"}>
                    <IconDots size={16} />
                  </Button>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item onClick={() => void act("check")}>Check</Menu.Item>
                  <Menu.Item onClick={() => void act("repair")}>Repair</Menu.Item>
                  {more}
                  <Menu.Divider />
                  <Menu.Item color="red" onClick={() => void act("format")}>
                    Remove all recordings
                  </Menu.Item>
                </Menu.Dropdown>
              </Menu>
            </Group>
          )}
        </Group>
        {disk.reason && (
          <Text size="sm" c="orange">
            {disk.reason}
          </Text>
        )}
        {wait && (
          <Alert color={disk.homecoming.away ? "orange" : "blue"} p="xs">
            {wait}
            {disk.homecoming.segment && <Progress mt={6} value={100 * disk.homecoming.progress} animated aria-label="Progress of the file on its way" />}
            {disk.homecoming.reason && (
              <Text size="xs" c="dimmed">
                {disk.homecoming.reason}
              </Text>
            )}
          </Alert>
        )}
        {disk.total > 0 && (
          <div>
            <Progress.Root size="lg" aria-label={`Space of ${disk.name}`}>
              <Progress.Section value={ours} color="blue" aria-label="Recordings" />
              <Progress.Section value={Math.max(0, used - ours)} color="gray" aria-label="Other files" />
            </Progress.Root>
            <Text size="sm" c="dimmed" mt={4}>
              {bytes(disk.recordings)} of recordings, {bytes(disk.free)} of {bytes(disk.total)} free
              {disk.refused > 0 && `; ${disk.refused} pictures lost because it could not take them`}
            </Text>
          </div>
        )}
        {action?.end === "running" && (
          <Group wrap="nowrap" gap="sm">
            <Progress flex={1} value={100 * action.progress} animated aria-label={`Progress: ${action.name}`} />
            {action.stoppable && (
              <Button size="compact-xs" variant="default" onClick={() => void storage.stop(action.id)}>
                Stop
              </Button>
            )}
          </Group>
        )}
        {(action?.end === "done" || action?.end === "cancelled") && action.words && (
          <Alert color={action.end === "done" ? "teal" : "gray"} p="xs" withCloseButton onClose={() => setAction(null)}>
            {`${action.words.charAt(0).toUpperCase()}${action.words.slice(1)}.`}
          </Alert>
        )}
        {refusal && (
          <Alert color="red" p="xs" withCloseButton onClose={() => setRefusal(null)}>
            {refusal}
          </Alert>
        )}
        {children}
      </Stack>
    </Card>
  );
}
