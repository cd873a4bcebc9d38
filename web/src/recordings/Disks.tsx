import { Alert, Badge, Button, Card, Group, Progress, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { Link } from "react-router-dom";

import { saying } from "../api";
import { bytes } from "../status/words";
import { type Disk, recordings } from "./calls";

const COLOURS: Record<string, string> = { OK: "teal", full: "orange", readonly: "orange", unmounted: "gray" };

/** The disks with their space, and taking one out safely. */
export function Disks({ disks, mayManage }: { disks: Disk[]; mayManage: boolean }) {
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: ({ id, action }: { id: string; action: string }) => recordings.disk(id, action),
    onSettled: () => client.invalidateQueries({ queryKey: ["disks"] }),
  });
  if (disks.length === 0) {
    return (
      <Alert color="blue" title="Nothing can be recorded yet">
        Recordings need a place. Set up a network share on the <Link to="/storage">storage page</Link>, or start the camera with{" "}
        <code>--sd-card DIRECTORY</code>, a directory or a mounted card.
      </Alert>
    );
  }
  return (
    <Stack gap="xs">
      {act.error && <Alert color="orange">{saying(act.error)}</Alert>}
      {disks.map((disk) => {
        const used = disk.total > 0 ? (100 * (disk.total - disk.free)) / disk.total : 0;
        const ours = disk.total > 0 ? (100 * disk.recordings) / disk.total : 0;
        const mounted = disk.state !== "unmounted";
        return (
          <Card withBorder key={disk.id}>
            <Group justify="space-between">
              <Group gap="xs">
                <Title order={2} size="h5">
                  {disk.name}
                </Title>
                <Badge color={COLOURS[disk.state] ?? "red"}>{disk.state}</Badge>
              </Group>
              {mayManage && (
                <Button size="xs" variant="default" loading={act.isPending} onClick={() => act.mutate({ id: disk.id, action: mounted ? "unmount" : "mount" })}>
                  {mounted ? "Unmount" : "Mount"}
                </Button>
              )}
            </Group>
            {disk.reason && (
              <Text size="sm" c="orange">
                {disk.reason}
              </Text>
            )}
            <Progress.Root mt="xs" size="lg" aria-label="Space">
              <Progress.Section value={ours} color="blue" aria-label="Recordings" />
              <Progress.Section value={Math.max(0, used - ours)} color="gray" aria-label="Other files" />
            </Progress.Root>
            <Text size="sm" c="dimmed" mt={4}>
              {bytes(disk.recordings)} of recordings, {bytes(disk.free)} of {bytes(disk.total)} free
              {disk.refused > 0 && `; ${disk.refused} pictures lost because the disk was too slow`}
            </Text>
          </Card>
        );
      })}
    </Stack>
  );
}
