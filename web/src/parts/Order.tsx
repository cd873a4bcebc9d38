import { ActionIcon, Group } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconGripVertical, IconTrash } from "@tabler/icons-react";
import { type CSSProperties, type DragEvent, type PointerEvent, useState } from "react";

import { moved } from "../ptz/order";

/** Place of the row of the same list that lies under a finger; null beside them. */
function rowUnder({ currentTarget, clientX, clientY }: PointerEvent<Element>): number | null {
  const list = currentTarget.closest("[data-order]")?.parentElement;
  const row = document.elementFromPoint(clientX, clientY)?.closest("[data-order]");
  return row && row.parentElement === list ? Number(row.getAttribute("data-order")) : null;
}

/**
 * Rows of a list that are put in order by dragging: what each row has to be told for it, and the handle that fingers drag it by. Browsers drag
 * elements with a mouse only, and a finger anywhere else scrolls the page.
 */
export function useDragOrder<T>(list: readonly T[], onChange: (list: T[]) => void) {
  const [dragged, setDragged] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const drop = (index: number | null) => {
    if (dragged !== null && index !== null) onChange(moved(list, dragged, index));
    setDragged(null);
    setOver(null);
  };
  const handle = (index: number) => (
    <IconGripVertical
      size={18}
      style={{ cursor: "grab", flexShrink: 0, touchAction: "none" }}
      aria-hidden
      data-testid="grip"
      onPointerDown={(event) => {
        if (event.pointerType === "mouse") return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDragged(index);
      }}
      onPointerMove={(event) => event.pointerType !== "mouse" && dragged !== null && setOver(rowUnder(event))}
      onPointerUp={(event) => event.pointerType !== "mouse" && drop(rowUnder(event))}
      onPointerCancel={() => drop(null)}
    />
  );
  const row = (index: number) => ({
    draggable: true,
    "data-order": index,
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
      drop(index);
    },
    style: {
      border: `1px solid var(${over === index && dragged !== null ? "--mantine-primary-color-filled" : "--mantine-color-default-border"})`,
      borderRadius: 6,
      opacity: dragged === index ? 0.5 : 1,
    } satisfies CSSProperties,
  });
  return { row, handle };
}

/** The same by keys, and taking a row out. */
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
