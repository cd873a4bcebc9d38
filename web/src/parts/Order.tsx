import { ActionIcon, Group } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconTrash } from "@tabler/icons-react";
import { type CSSProperties, type DragEvent, useState } from "react";

import { moved } from "../ptz/order";

/** Rows of a list that are put in order by dragging: what each row has to be told for it. */
export function useDragOrder<T>(list: readonly T[], onChange: (list: T[]) => void) {
  const [dragged, setDragged] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  return (index: number) => ({
    draggable: true,
    onDragStart: (event: DragEvent) => {
      event.dataTransfer.effectAllowed = "move";
      setDragged(index);
    },
    onDragOver: (event: DragEvent) => {
      event.preventDefault();
      setOver(index);
    },
    onDragEnd: () => {
      setDragged(null);
      setOver(null);
    },
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      if (dragged !== null) onChange(moved(list, dragged, index));
      setDragged(null);
      setOver(null);
    },
    style: {
      border: `1px solid var(${over === index && dragged !== null ? "--mantine-primary-color-filled" : "--mantine-color-default-border"})`,
      borderRadius: 6,
      opacity: dragged === index ? 0.5 : 1,
    } satisfies CSSProperties,
  });
}

/** The same by keys and by touch, and taking a row out. */
export function OrderButtons<T>({ list, index, name, onChange }: { list: readonly T[]; index: number; name: string; onChange(list: T[]): void }) {
  return (
    <Group gap={0} wrap="nowrap">
      <ActionIcon variant="subtle" color="gray" aria-label={`Move ${name} up`} disabled={index === 0} onClick={() => onChange(moved(list, index, index - 1))}>
        <IconArrowUp size={16} />
      </ActionIcon>
      <ActionIcon variant="subtle" color="gray" aria-label={`Move ${name} down`} disabled={index === list.length - 1} onClick={() => onChange(moved(list, index, index + 1))}>
        <IconArrowDown size={16} />
      </ActionIcon>
      <ActionIcon variant="subtle" color="red" aria-label={`Take ${name} out`} onClick={() => onChange(list.filter((_, at) => at !== index))}>
        <IconTrash size={16} />
      </ActionIcon>
    </Group>
  );
}
