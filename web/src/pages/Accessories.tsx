import { Alert, Button, Card, Group, Stack, Switch, Text, Title } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";

import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";
import { board } from "../ports/calls";
import { PortRow } from "../ports/PortRow";
import { useBoard } from "../ports/useBoard";
import { VirtualInputs } from "../ports/VirtualInputs";

/** What software switches in place of wires: I/O ports, the manual trigger, virtual inputs. */
export function Accessories() {
  const { found, problem, change } = useBoard();
  if (!found) return <Loading problem={problem?.message ?? null} />;
  const last = found.ports.at(-1);
  return (
    <Stack maw={1000}>
      <PageTitle title="Accessories">
        I/O ports and inputs without wires: scripts, clients and this page switch them, rules and clients see it at once.
      </PageTitle>
      {problem && <Alert color="orange">{problem.message} What is shown is older.</Alert>}
      <Card withBorder>
        <Group justify="space-between" mb="xs">
          <Title order={2} size="h5">
            I/O ports
          </Title>
          <Group gap="xs">
            {last && (
              <Button size="xs" variant="default" leftSection={<IconTrash size={16} />} onClick={() => void change(board.remove(last.number))}>
                Remove {last.name}
              </Button>
            )}
            <Button
              size="xs"
              leftSection={<IconPlus size={16} />}
              disabled={found.ports.length >= found.most_ports}
              onClick={() => void change(board.add())}
            >
              Add port
            </Button>
          </Group>
        </Group>
        {found.ports.length === 0 ? (
          <Text size="sm" c="dimmed">
            There is none.
          </Text>
        ) : (
          <Stack gap="xs" role="list" aria-label="I/O ports">
            {found.ports.map((port) => (
              <PortRow key={port.number} port={port} change={change} />
            ))}
          </Stack>
        )}
        <Text size="xs" c="dimmed" mt="xs">
          A port is active when its circuit is not in its normal state. States are not kept: each start begins with everything inactive.
        </Text>
      </Card>
      <Card withBorder>
        <Group justify="space-between">
          <div>
            <Title order={2} size="h5">
              Manual trigger
            </Title>
            <Text size="sm" c="dimmed">
              For rules that somebody starts by hand.
            </Text>
          </div>
          <Group>
            <Switch
              label="Active"
              aria-label="Manual trigger is active"
              checked={found.manual_trigger}
              onChange={({ currentTarget }) => void change(board.driveTrigger({ active: currentTarget.checked }))}
            />
            <Button variant="default" size="xs" onClick={() => void change(board.driveTrigger({ active: true, seconds: 1 }))}>
              Trigger for 1 s
            </Button>
          </Group>
        </Group>
      </Card>
      <Card withBorder>
        <Title order={2} size="h5">
          Virtual inputs
        </Title>
        <Text size="sm" c="dimmed" mb="xs">
          Clients and scripts make them active, as a door contact or an alarm system would. Press one to try what follows.
        </Text>
        <VirtualInputs inputs={found.virtual_inputs} change={change} />
      </Card>
    </Stack>
  );
}
