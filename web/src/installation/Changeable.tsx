import { Button, Group, Paper, Text } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  label: string;
  value: ReactNode;
  detail: string;
  disabled: boolean;
  onChange(): void;
}

/** What is set now, with a button that leads to the choice. */
export function Changeable({ label, value, detail, disabled, onChange }: Props) {
  return (
    <Paper withBorder radius="md" p="sm">
      <Group justify="space-between" wrap="nowrap" gap="md">
        <div style={{ minWidth: 0 }}>
          <Text size="sm" fw={500}>
            {label}
          </Text>
          <Text fw={600}>{value}</Text>
          <Text size="xs" c="dimmed">
            {detail}
          </Text>
        </div>
        <Button variant="default" flex="none" disabled={disabled} onClick={onChange} aria-label={`Change ${label.toLowerCase()}`}>
          Change
        </Button>
      </Group>
    </Paper>
  );
}
