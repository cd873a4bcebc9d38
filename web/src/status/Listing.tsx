import { Card, Group, Table, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  title: string;
  count: string;
  heads: string[];
  /** Columns (by number) that hold numbers. */
  numbers: number[];
  rows: { key: string; cells: ReactNode[] }[];
  empty: string;
}

/** A card with a table of things that come and go. */
export function Listing({ title, count, heads, numbers, rows, empty }: Props) {
  const side = (column: number) => (numbers.includes(column) ? "right" : "left");
  return (
    <Card withBorder>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5">
          {title}
        </Title>
        <Text size="sm" c="dimmed">
          {count}
        </Text>
      </Group>
      {rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          {empty}
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={heads.length * 95}>
          <Table verticalSpacing={5} style={{ fontVariantNumeric: "tabular-nums" }}>
            <Table.Thead>
              <Table.Tr>
                {heads.map((head, column) => (
                  <Table.Th key={head} ta={side(column)}>
                    {head}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map(({ key, cells }) => (
                <Table.Tr key={key}>
                  {cells.map((cell, column) => (
                    <Table.Td key={heads[column]} ta={side(column)}>
                      {cell}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Card>
  );
}
