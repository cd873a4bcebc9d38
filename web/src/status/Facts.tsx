import { Card, Group, Table, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  title: string;
  badge?: ReactNode;
  rows: [string, ReactNode][];
  children?: ReactNode;
}

/** A card of names and values. */
export function Facts({ title, badge, rows, children }: Props) {
  return (
    <Card withBorder>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5">
          {title}
        </Title>
        {badge}
      </Group>
      <Table layout="fixed" withRowBorders={false} verticalSpacing={3} horizontalSpacing={0}>
        <Table.Tbody>
          {rows.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th fw={400} c="dimmed" w={130} scope="row" style={{ verticalAlign: "top" }}>
                {name}
              </Table.Th>
              <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {children}
    </Card>
  );
}
