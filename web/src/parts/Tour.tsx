import { Button, Card, CloseButton, Group, Text } from "@mantine/core";

export interface Stop {
  to: string;
  text: string;
}

interface Props {
  stops: Stop[];
  at: number;
  onMove(at: number): void;
  onEnd(): void;
}

/** A short way through the main places of the interface, beside the menu so that it covers nothing. */
export function Tour({ stops, at, onMove, onEnd }: Props) {
  const last = at === stops.length - 1;
  return (
    <Card withBorder p="xs" mt="xs" style={{ flexShrink: 0 }} role="region" aria-label="Tour of the camera">
      <Group justify="space-between" wrap="nowrap">
        <Text size="xs" fw={600}>
          Tour: {at + 1} of {stops.length}
        </Text>
        <CloseButton size="sm" aria-label="End the tour" onClick={onEnd} />
      </Group>
      <Text size="sm" aria-live="polite">
        {stops[at]?.text}
      </Text>
      <Group mt="xs" gap="xs">
        {at > 0 && (
          <Button size="compact-sm" variant="default" onClick={() => onMove(at - 1)}>
            Back on the tour
          </Button>
        )}
        <Button size="compact-sm" onClick={() => (last ? onEnd() : onMove(at + 1))}>
          {last ? "Finish the tour" : "Go on"}
        </Button>
      </Group>
    </Card>
  );
}
