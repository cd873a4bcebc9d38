import { Badge, Button, Group, Paper, Select, Switch, TextInput } from "@mantine/core";
import { useState } from "react";

import { board, type Circuit, type Direction, type Port } from "./calls";
import type { Change } from "./useBoard";

const DIRECTIONS = [
  { value: "input", label: "Input" },
  { value: "output", label: "Output" },
];
const CIRCUITS = [
  { value: "open", label: "Open" },
  { value: "closed", label: "Closed" },
];

/** One port: what it is called, which way it works, and how it is now. */
export function PortRow({ port, change }: { port: Port; change: Change }) {
  const label = port.name;
  return (
    <Paper withBorder p="sm" role="listitem" data-port={port.number}>
      <Group gap="sm" align="end">
        <Line label={`Name of port ${port.number + 1}`} value={port.name} keep={(name) => change(board.change(port.number, { name }))} />
        <Select
          label="Direction"
          aria-label={`Direction of ${label}`}
          data={DIRECTIONS}
          value={port.direction}
          allowDeselect={false}
          w={110}
          onChange={(direction) => void change(board.change(port.number, { direction: direction as Direction }))}
        />
        <Select
          label="Normal state"
          aria-label={`Normal state of ${label}`}
          data={CIRCUITS}
          value={port.normal}
          allowDeselect={false}
          w={110}
          onChange={(normal) => void change(board.change(port.number, { normal: normal as Circuit }))}
        />
        <Group gap="sm" wrap="nowrap" h={36}>
          <Badge color={port.active ? "orange" : "gray"} variant={port.active ? "filled" : "light"} tt="none" w={72}>
            {port.state === "open" ? "Open" : "Closed"}
          </Badge>
          <Switch
            label="Active"
            aria-label={`${label} is active`}
            checked={port.active}
            onChange={({ currentTarget }) => void change(board.drivePort(port.number, { active: currentTarget.checked }))}
          />
          <Button
            size="xs"
            variant="default"
            disabled={port.busy}
            aria-label={`Pulse ${label}`}
            onClick={() => void change(board.drivePort(port.number, { active: true, seconds: 1 }))}
          >
            Pulse 1 s
          </Button>
        </Group>
      </Group>
    </Paper>
  );
}

/** A line of text that is kept when the field is left or Enter is pressed, and put back with Escape or when it is refused. */
function Line({ label, value, keep }: { label: string; value: string; keep: (text: string) => Promise<boolean> }) {
  const [text, setText] = useState<string | null>(null);
  const finish = async () => {
    const wished = text?.trim();
    if (wished && wished !== value) await keep(wished);
    setText(null);
  };
  return (
    <TextInput
      label={label}
      w={190}
      value={text ?? value}
      maxLength={64}
      onChange={({ currentTarget }) => setText(currentTarget.value)}
      onBlur={() => void finish()}
      onKeyDown={({ key, currentTarget }) => {
        if (key === "Enter") currentTarget.blur();
        if (key === "Escape") setText(null);
      }}
    />
  );
}
