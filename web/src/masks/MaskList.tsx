import { ActionIcon, Badge, Group, Paper, Stack, Switch, Text, TextInput } from "@mantine/core";
import { IconFocus2, IconTrash } from "@tabler/icons-react";
import { useState } from "react";

import { type Mask, masks } from "./api";
import type { MaskAccess } from "./useMasks";

interface Props {
  access: MaskAccess;
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

function MaskRow({ mask, access, chosen, longest, onChoose, onGoTo, onRemove }: Omit<Props, "all"> & { mask: Mask }) {
  const [draft, setDraft] = useState<string | null>(null);
  const keep = async () => {
    if (draft === null) return;
    const name = draft.trim();
    if (name && name !== mask.name) await access.act(() => masks.change(mask.id, { name }));
    setDraft(null);
  };
  return (
    <Paper withBorder p={6} role="listitem" onPointerDown={() => onChoose(mask.id)} bd={mask.id === chosen ? "1px solid var(--mantine-primary-color-filled)" : undefined}>
      <Group wrap="nowrap" gap="xs">
        <TextInput
          flex={1}
          size="sm"
          aria-label={`Name of ${mask.name}`}
          value={draft ?? mask.name}
          maxLength={longest}
          onFocus={() => onChoose(mask.id)}
          onChange={(event) => setDraft(event.currentTarget.value)}
          onBlur={() => void keep()}
          onKeyDown={(event) => event.key === "Enter" && void keep()}
        />
        <Badge size="sm" variant="light" color="gray" style={{ flex: "none" }}>
          {mask.corners.length} corners
        </Badge>
        <Switch
          aria-label={`${mask.name} hides`}
          checked={mask.enabled}
          onChange={(event) => {
            const enabled = event.currentTarget.checked;
            void access.act(() => masks.change(mask.id, { enabled }));
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
