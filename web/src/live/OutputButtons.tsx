import { Button, Group, Text } from "@mantine/core";
import { IconBolt, IconBoltOff } from "@tabler/icons-react";

import { board } from "../ports/calls";
import { useBoard } from "../ports/useBoard";

/** The output ports as buttons, for a test of what hangs on them: pressed in while a port is active. Nothing where there are none. */
export function OutputButtons() {
  const { found, change } = useBoard();
  const outputs = found?.ports.filter(({ direction }) => direction === "output") ?? [];
  if (outputs.length === 0) return null;
  return (
    <Group gap={6} role="group" aria-label="Output ports">
      <Text size="xs" c="dimmed">
        Outputs
      </Text>
      {outputs.map(({ number, name, active }) => (
        <Button
          key={number}
          size="compact-sm"
          maw={180}
          variant={active ? "filled" : "default"}
          color={active ? "orange" : undefined}
          leftSection={active ? <IconBolt size={16} /> : <IconBoltOff size={16} />}
          title={`${name}: ${active ? "active; press to make it inactive" : "not active; press to make it active"}`}
          aria-pressed={active}
          onClick={() => void change(board.drivePort(number, { active: !active }))}
        >
          {name}
        </Button>
      ))}
    </Group>
  );
}
