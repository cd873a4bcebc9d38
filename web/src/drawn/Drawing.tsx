import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconArrowBackUp, IconCheck, IconSquareRounded, IconX } from "@tabler/icons-react";

import type { Place, Point } from "./api";
import { FEWEST, MOST, square } from "./shapes";

interface Props {
  points: Point[];
  problem: string | null;
  place: Place;
  onPoints(points: Point[] | null): void;
  onFinish(): void;
}

/** What to do next while something is being drawn. */
export function Drawing({ points, problem, place, onPoints, onFinish }: Props) {
  const [width = 4, height = 3] = place.resolution.split("x").map(Number);
  const lacking = FEWEST - points.length;
  return (
    <Alert color={problem ? "red" : "blue"} title="Click the corners in the picture" p="sm">
      <Stack gap="xs">
        <Text size="sm" role="status">
          {problem ?? (lacking > 0 ? `${points.length} of at least ${FEWEST} corners.` : `${points.length} corners, at most ${MOST}. Click the first one again to finish.`)}
        </Text>
        <Group gap="xs">
          <Button size="xs" leftSection={<IconCheck size={16} />} disabled={lacking > 0 || problem !== null} onClick={onFinish}>
            Finish
          </Button>
          <Button size="xs" variant="default" leftSection={<IconArrowBackUp size={16} />} disabled={points.length === 0} onClick={() => onPoints(points.slice(0, -1))}>
            Last corner back
          </Button>
          {points.length === 0 && (
            <Button size="xs" variant="default" leftSection={<IconSquareRounded size={16} />} onClick={() => onPoints(square(width, height))}>
              Square in the middle
            </Button>
          )}
          <Button size="xs" variant="default" leftSection={<IconX size={16} />} onClick={() => onPoints(null)}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}

/** Something was removed; it can come back. */
export function Removed({ name, onUndo, onClose }: { name: string; onUndo(): void; onClose(): void }) {
  return (
    <Alert color="gray" p="xs" withCloseButton onClose={onClose} closeButtonLabel="Dismiss">
      <Group justify="space-between">
        <Text size="sm">{name} was removed.</Text>
        <Button size="xs" variant="default" leftSection={<IconArrowBackUp size={16} />} onClick={onUndo}>
          Undo
        </Button>
      </Group>
    </Alert>
  );
}
