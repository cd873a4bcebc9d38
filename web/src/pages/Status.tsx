import { Alert, Badge, Card, Group, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { api } from "../api";
import { useSession } from "../session";

/** What the camera is doing now. */
export function Status() {
  const { state } = useSession();
  const status = useQuery({ queryKey: ["status"], queryFn: api.status, refetchInterval: 2000 });
  if (status.error) return <Alert color="red">{status.error.message}</Alert>;
  return (
    <Stack>
      <Title order={1} size="h3">
        Status
      </Title>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Card withBorder>
          <Title order={2} size="h5" mb="xs">
            Device
          </Title>
          <Facts
            rows={[
              ["Name", state.name],
              ["Model", state.model.toUpperCase()],
              ["Version", state.version],
              ["Serial number", state.serial],
            ]}
          />
        </Card>
        <Card withBorder>
          <pre>{JSON.stringify(status.data, null, 1)}</pre>
        </Card>
      </SimpleGrid>
      <Group>
        <Badge>{state.ready ? "ready" : "starting"}</Badge>
      </Group>
    </Stack>
  );
}

export function Facts({ rows }: { rows: [string, string][] }) {
  return (
    <Table>
      <Table.Tbody>
        {rows.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Td>
              <Text size="sm" c="dimmed">
                {name}
              </Text>
            </Table.Td>
            <Table.Td>{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
