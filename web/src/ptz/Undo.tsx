import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";

const LASTS_MS = 10_000;

/** Say that something is gone, with a button that brings it back. */
export function offerUndo(message: string, undo: () => void): void {
  const id = `undo-${message}`;
  notifications.show({
    id,
    autoClose: LASTS_MS,
    color: "gray",
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{message}</Text>
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            notifications.hide(id);
            undo();
          }}
        >
          Undo
        </Button>
      </Group>
    ),
  });
}
