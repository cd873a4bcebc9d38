import { ActionIcon, Badge, Group, Input, NumberInput, Paper, Slider, Stack, Switch, Text } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useState } from "react";

import type { Act } from "../drawn/useDrawn";
import { NameField } from "../parts/NameField";
import { type Motion, motion, type MotionArea } from "./api";

interface Props {
  act: Act;
  all: MotionArea[];
  limits: Motion["limits"];
  chosen: number | null;
  onChoose(id: number): void;
  onRemove(area: MotionArea): void;
}

/** All areas by name; the chosen one can be tuned. */
export function AreaList({ all, ...rest }: Props) {
  if (all.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No area yet. Add one, and click its corners in the picture.
      </Text>
    );
  return (
    <Stack gap="xs" role="list" aria-label="Motion areas">
      {all.map((area) => (
        <AreaRow key={area.id} area={area} {...rest} />
      ))}
    </Stack>
  );
}

function AreaRow({ area, act, limits, chosen, onChoose, onRemove }: Omit<Props, "all"> & { area: MotionArea }) {
  const here = area.id === chosen;
  const change = (changes: Partial<MotionArea>) => act(() => motion.change(area.id, changes as never));
  return (
    <Paper withBorder p={6} role="listitem" onPointerDown={() => onChoose(area.id)} bd={here ? "1px solid var(--mantine-primary-color-filled)" : undefined}>
      <Stack gap="xs">
        <Group wrap="nowrap" gap="xs">
          <NameField name={area.name} longest={limits.name} onFocus={() => onChoose(area.id)} onName={(name) => change({ name })} />
          <State area={area} />
          <Switch aria-label={`${area.name} is watched`} checked={area.enabled} onChange={(event) => void change({ enabled: event.currentTarget.checked })} />
          <ActionIcon variant="subtle" color="red" aria-label={`Remove ${area.name}`} onClick={() => onRemove(area)}>
            <IconTrash size={18} />
          </ActionIcon>
        </Group>
        {area.share !== null && area.share < 0.995 && (
          <Text size="xs" c={area.share === 0 ? "red" : "orange"}>
            {area.share === 0 ? "Nothing of it can be seen" : `${Math.round(100 * area.share)} % of it can be seen`}: privacy masks hide the rest, or it is outside of the picture.
          </Text>
        )}
        {here && <Tuning area={area} limits={limits} onChange={(changes) => void change(changes)} />}
      </Stack>
    </Paper>
  );
}

function State({ area }: { area: MotionArea }) {
  const [color, word] = !area.enabled ? ["gray", "off"] : area.active ? ["orange", "motion"] : ["gray", "still"];
  return (
    <Badge size="sm" variant={area.active ? "filled" : "light"} color={color} style={{ flex: "none" }} aria-label={`${area.name}: ${word}`}>
      {word}
    </Badge>
  );
}

function Tuning({ area, limits, onChange }: { area: MotionArea; limits: Motion["limits"]; onChange(changes: Partial<MotionArea>): void }) {
  const [sensitivity, setSensitivity] = useState<number | null>(null);
  return (
    <Stack gap="xs" px={4} pb={4}>
      <Input.Wrapper label="Sensitivity" labelElement="div">
        <Slider
          mt={4}
          thumbLabel={`Sensitivity of ${area.name}`}
          min={limits.sensitivity[0]}
          max={limits.sensitivity[1]}
          value={sensitivity ?? area.sensitivity}
          onChange={setSensitivity}
          onChangeEnd={(value) => {
            onChange({ sensitivity: value });
            setSensitivity(null);
          }}
        />
      </Input.Wrapper>
      <Group grow align="start">
        <Amount label="Smallest size" unit="°" step={0.5} bounds={limits.size} value={area.size} onValue={(size) => onChange({ size })} />
        <Amount label="Hold" unit=" s" step={1} bounds={limits.hold} value={area.hold} onValue={(hold) => onChange({ hold })} />
      </Group>
      <Text size="xs" c="dimmed">
        What changes counts from the size of a square of {area.size}° on. Motion lasts {area.hold} s after the last that was seen.
      </Text>
    </Stack>
  );
}

interface AmountProps {
  label: string;
  unit: string;
  step: number;
  bounds: [number, number];
  value: number;
  onValue(value: number): void;
}

/** A number that is saved when the field is left. */
function Amount({ label, unit, step, bounds: [min, max], value, onValue }: AmountProps) {
  const [draft, setDraft] = useState<number | null>(null);
  const keep = () => {
    if (draft !== null && draft !== value) onValue(draft);
    setDraft(null);
  };
  return (
    <NumberInput
      size="sm"
      label={label}
      suffix={unit}
      min={min}
      max={max}
      step={step}
      decimalScale={step < 1 ? 1 : 0}
      clampBehavior="strict"
      value={draft ?? value}
      onChange={(next) => typeof next === "number" && setDraft(next)}
      onBlur={keep}
      onKeyDown={(event) => event.key === "Enter" && keep()}
    />
  );
}
