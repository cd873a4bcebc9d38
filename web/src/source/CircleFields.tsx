import { NumberInput, SimpleGrid, Stack, Switch } from "@mantine/core";

import type { Circle } from "./circle";

interface Props {
  value: Circle | null;
  /** The circle in use now, from which editing starts. */
  used: Circle | null;
  disabled: boolean;
  error: string | null;
  onChange(circle: Circle | null): void;
}

/** The image circle: found by the camera itself, or set by hand. */
export function CircleFields({ value, used, disabled, error, onChange }: Props) {
  const start = used ?? { cx: 500, cy: 500, radius: 500 };
  const number = (label: string, part: keyof Circle, least: number) => (
    <NumberInput
      label={label}
      suffix=" px"
      min={least}
      decimalScale={1}
      step={1}
      disabled={disabled}
      value={value?.[part] ?? ""}
      onChange={(next) => value && typeof next === "number" && onChange({ ...value, [part]: next })}
    />
  );
  return (
    <Stack gap={6}>
      <Switch
        label="Find the image circle automatically"
        description="The bright disc of the fisheye in the source's picture. Set it by hand when the disc is cut or the scene is very dark."
        checked={value === null}
        disabled={disabled}
        error={value === null ? error : null}
        onChange={(event) => onChange(event.currentTarget.checked ? null : rounded(start))}
      />
      {value && (
        <SimpleGrid cols={3} spacing={6}>
          {number("Centre, across", "cx", 0)}
          {number("Centre, down", "cy", 0)}
          {number("Radius", "radius", 1)}
        </SimpleGrid>
      )}
      {value && error}
    </Stack>
  );
}

function rounded({ cx, cy, radius }: Circle): Circle {
  const tenth = (number: number) => Math.round(number * 10) / 10;
  return { cx: tenth(cx), cy: tenth(cy), radius: tenth(radius) };
}
