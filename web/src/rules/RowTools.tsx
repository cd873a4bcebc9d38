import { ActionIcon, Group } from "@mantine/core";
import { IconCopy, IconPencil, IconTrash } from "@tabler/icons-react";

interface Props {
  name: string;
  mayCopy?: boolean;
  onChange(): void;
  /** Without it there is no copying. */
  onCopy?(): void;
  onDelete(): void;
}

/** What can be done with a row of a list. */
export function RowTools({ name, mayCopy = true, onChange, onCopy, onDelete }: Props) {
  return (
    <Group gap={0} wrap="nowrap" ml="auto">
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Change ${name}`} onClick={onChange}>
        <IconPencil size={18} />
      </ActionIcon>
      {onCopy && (
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Copy ${name}`} disabled={!mayCopy} onClick={onCopy}>
          <IconCopy size={18} />
        </ActionIcon>
      )}
      <ActionIcon variant="subtle" color="red" size="lg" aria-label={`Delete ${name}`} onClick={onDelete}>
        <IconTrash size={18} />
      </ActionIcon>
    </Group>
  );
}
