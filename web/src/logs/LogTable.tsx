import { Badge, Code, Group, Table, Text } from "@mantine/core";

import type { LogLevel, LogLine } from "./calls";
import { parted } from "./merge";

const COLOURS: Record<LogLevel, string> = { debug: "gray", info: "blue", warning: "orange", error: "red" };

/** Lines of a log, the newest first. */
export function LogTable({ title, lines }: { title: string; lines: LogLine[] }) {
  return (
    <Table verticalSpacing={5} horizontalSpacing="sm" aria-label={title} fz="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={210} visibleFrom="sm">
            When
          </Table.Th>
          <Table.Th w={90} visibleFrom="sm">
            Level
          </Table.Th>
          <Table.Th w={150} visibleFrom="md">
            Part
          </Table.Th>
          <Table.Th>What</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {lines.map((line) => (
          <Line key={line.number} line={line} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Line({ line }: { line: LogLine }) {
  const { first, rest } = parted(line.text);
  const top = { verticalAlign: "top" } as const;
  const when = <time dateTime={new Date(line.wall_ms).toISOString()}>{new Date(line.wall_ms).toLocaleString()}</time>;
  const level = (
    <Badge size="sm" variant="light" color={COLOURS[line.level]}>
      {line.level}
    </Badge>
  );
  return (
    <Table.Tr data-number={line.number}>
      <Table.Td visibleFrom="sm" style={{ ...top, fontVariantNumeric: "tabular-nums", whiteSpace: "nowrap" }}>
        {when}
      </Table.Td>
      <Table.Td visibleFrom="sm" style={top}>
        {level}
      </Table.Td>
      <Table.Td visibleFrom="md" style={{ ...top, overflowWrap: "anywhere" }} c="dimmed">
        {line.part}
      </Table.Td>
      <Table.Td style={{ ...top, overflowWrap: "anywhere" }}>
        <Group hiddenFrom="sm" gap="xs" fz="xs" c="dimmed">
          {when} {level}
        </Group>
        {first}
        {rest && (
          <details>
            <Text component="summary" size="xs" c="dimmed" style={{ cursor: "pointer" }}>
              Details
            </Text>
            <Code block>{rest}</Code>
          </details>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
