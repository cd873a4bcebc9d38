import { ActionIcon, Alert, Button, Card, Group, Select, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useState } from "react";

import { saying, type View } from "../api";
import type { SettingsAccess } from "../settings/useSettings";
import type { StorageDisk } from "./calls";

interface Row {
  profile: number;
  disk: string;
  options: string;
}

const PATH = "storage.continuous";

/** What is recorded all the time, and on which disk. */
export function Continuous({ access, disks, views }: { access: SettingsAccess; disks: StorageDisk[]; views: View[] }) {
  const rows = (access.values[PATH] as unknown as Row[] | null) ?? [];
  const [view, setView] = useState<string | null>(null);
  const [options, setOptions] = useState("");
  const [disk, setDisk] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const places = disks.map(({ id, name }) => ({ value: id, label: name }));
  const target = disk ?? disks[0]?.id ?? null;
  const may = access.mayWrite(PATH);
  const keep = async (next: Row[]) => {
    setRefusal(null);
    try {
      await access.change({ [PATH]: next as never });
      setOptions("");
    } catch (error) {
      setRefusal(saying(error));
    }
  };
  const add = () => {
    const used = new Set(rows.map(({ profile }) => profile));
    let profile = 1;
    while (used.has(profile)) profile += 1;
    const camera = `camera=${view ?? views[0]?.camera ?? 1}`;
    return keep([...rows, { profile, disk: target ?? "", options: options ? `${camera}&${options}` : camera }]);
  };
  const shown = (text: string) => {
    const given = new URLSearchParams(text);
    const name = views.find(({ camera }) => String(camera) === given.get("camera"))?.name ?? "Default view";
    given.delete("camera");
    return [name, ...[...given].map(([key, value]) => `${key} ${value}`)].join(", ");
  };
  return (
    <Card withBorder>
      <Stack gap="sm">
        <div>
          <Title order={2} size="h5">
            Continuous recording
          </Title>
          <Text size="sm" c="dimmed">
            Streams that are recorded all the time, also after a restart. Several at once, each on a disk of your choice.
          </Text>
        </div>
        {rows.length > 0 && (
          <Table.ScrollContainer minWidth={420}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Stream</Table.Th>
                  <Table.Th>Disk</Table.Th>
                  <Table.Th aria-label="Remove" />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map((row) => (
                  <Table.Tr key={row.profile}>
                    <Table.Td>{shown(row.options)}</Table.Td>
                    <Table.Td>
                      <Select
                        aria-label={`Disk of recording ${row.profile}`}
                        allowDeselect={false}
                        disabled={!may}
                        data={places.some(({ value }) => value === row.disk) ? places : [...places, { value: row.disk, label: `${row.disk} (not set up)` }]}
                        value={row.disk}
                        onChange={(value) => void keep(rows.map((one) => (one.profile === row.profile ? { ...one, disk: value ?? one.disk } : one)))}
                      />
                    </Table.Td>
                    <Table.Td>
                      {may && (
                        <ActionIcon
                          variant="subtle"
                          color="red"
                          aria-label={`Remove recording ${row.profile}`}
                          onClick={() => void keep(rows.filter(({ profile }) => profile !== row.profile))}
                        >
                          <IconTrash size={18} />
                        </ActionIcon>
                      )}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
        {may && disks.length > 0 && (
          <Group align="end" gap="xs">
            <Select
              label="View"
              w={180}
              allowDeselect={false}
              data={views.map(({ camera, name }) => ({ value: String(camera), label: name }))}
              value={view ?? (views[0] ? String(views[0].camera) : null)}
              onChange={setView}
            />
            <TextInput label="More arguments" placeholder="streamprofile=Night" w={200} value={options} onChange={(event) => setOptions(event.currentTarget.value)} />
            <Select label="On" w={180} allowDeselect={false} data={places} value={target} onChange={setDisk} />
            <Button onClick={() => void add()}>Record all the time</Button>
          </Group>
        )}
        {refusal && <Alert color="red">{refusal}</Alert>}
      </Stack>
    </Card>
  );
}
