import { Group, Input, NumberInput, Stack } from "@mantine/core";

import { ANCHORS, type Position } from "./calls";
import { placeName } from "./place";
import styles from "./PositionChoice.module.css";

interface Props {
  value: Position;
  onChange(position: Position): void;
}

/** One of the fixed positions, or a place across and down. */
export function PositionChoice({ value, onChange }: Props) {
  const free = typeof value === "string" ? null : value;
  const side = (number: 0 | 1, label: string) => (
    <NumberInput
      size="xs"
      w={110}
      label={label}
      value={free ? Math.round(free[number] * 1000) / 1000 : ""}
      placeholder="fixed"
      min={-1}
      max={1}
      step={0.05}
      decimalScale={3}
      onChange={(entered) => {
        if (typeof entered !== "number") return;
        const next: [number, number] = free ? [...free] : [0, 0];
        next[number] = entered;
        onChange(next);
      }}
    />
  );
  return (
    <Input.Wrapper label="Position" description="A fixed one, or drag the overlay in the picture." labelElement="div">
      <Group mt={6} gap="md" align="end">
        <div className={styles["grid"]} role="radiogroup" aria-label="Position">
          {ANCHORS.map((anchor) => (
            <button
              key={anchor}
              type="button"
              role="radio"
              aria-checked={value === anchor}
              aria-label={placeName(anchor)}
              title={placeName(anchor)}
              className={styles["place"]}
              onClick={() => onChange(anchor)}
            />
          ))}
        </div>
        <Stack gap={4}>
          {side(0, "Across, −1 to 1")}
          {side(1, "Down, −1 to 1")}
        </Stack>
      </Group>
    </Input.Wrapper>
  );
}
