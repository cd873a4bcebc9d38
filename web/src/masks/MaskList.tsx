import { ActionIcon, Badge, Group, Paper, Stack, Switch, Text } from "@mantine/core";
import { IconFocus2, IconTrash } from "@tabler/icons-react";

import type { Act } from "../drawn/useDrawn";
import { NameField } from "../parts/NameField";
import { type Mask, masks } from "./api";

interface Props {
  act: Act;
  all: Mask[];
  chosen: number | null;
  /** Longest name. */
  longest: number;
  onChoose(id: number): void;
  onGoTo(mask: Mask): void;
  onRemove(mask: Mask): void;
}

/** All masks by name. A name is saved when its field is left. */
export function MaskList({ all, ...rest }: Props) {
  if (all.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No mask yet. Add one, and click its corners in the picture.
      </Text>
    );
  return (
    <Stack gap="xs" role="list" aria-label="Privacy masks">
      {all.map((mask) => (
        <MaskRow key={mask.id} mask={mask} {...rest} />
      ))}
    </Stack>
  );
}

function MaskRow({ mask, act, chosen, longest, onChoose, onGoTo, onRemove }: Omit<Props, "all"> & { mask: Mask }) {
  return (
    <Paper withBorder p={6} role="listitem" onPointerDown={() => onChoose(mask.id)} bd={mask.id === chosen ? "1px solid var(--mantine-primary-color-filled)" : undefined}>
      <Group wrap="nowrap" gap="xs">
        <NameField name={mask.name} longest={longest} onFocus={() => onChoose(mask.id)} onName={(name) => act(() => masks.change(mask.id, { name }))} />
        <Badge size="sm" variant="light" color="gray" style={{ flex: "none" }}>
          {mask.corners.length} corners
        </Badge>
        <Switch
          aria-label={`${mask.name} hides`}
          checked={mask.enabled}
          onChange={(event) => {
            const enabled = event.currentTarget.checked;
            void act(() => masks.change(mask.id, { enabled }));
          }}
        />
        <ActionIcon variant="subtle" color="gray" aria-label={`Look at ${mask.name}`} title="Let the view area look at it" onClick={() => onGoTo(mask)}>
          <IconFocus2 size={18} />
        </ActionIcon>
        <ActionIcon variant="subtle" color="red" aria-label={`Remove ${mask.name}`} onClick={() => onRemove(mask)}>
          <IconTrash size={18} />
        </ActionIcon>
      </Group>
    </Paper>
  );
}
