import { Group, Input, Slider } from "@mantine/core";

import { Exact } from "../parts/Exact";

interface Props {
  label: string;
  description: string;
  value: number;
  min: number;
  max: number;
  marks: number[];
  step?: number;
  disabled: boolean;
  error: string | null;
  onChange(value: number): void;
  onDone(): void;
}

/** An angle as a slider and as a number, always in step. */
export function Angle({ label, description, value, min, max, marks, step = 0.5, disabled, error, onChange, onDone }: Props) {
  const fine = (next: number) => onChange(Math.round(next * 10) / 10);
  return (
    <Input.Wrapper label={label} description={description} error={error} labelElement="div" pb="lg">
      <Group wrap="nowrap" align="center" mt={6}>
        <Slider
          flex={1}
          mx={12}
          thumbLabel={label}
          min={min}
          max={max}
          step={step}
          startPointValue={0}
          marks={marks.map((mark) => ({ value: mark, label: `${mark}°` }))}
          label={(shown) => `${shown}°`}
          value={value}
          disabled={disabled}
          onChange={fine}
          onChangeEnd={onDone}
        />
        <Exact label={`${label} in degrees`} width={100} min={min} max={max} step={0.1} decimals={1} suffix="°" value={value} disabled={disabled} onChange={fine} onDone={onDone} />
      </Group>
    </Input.Wrapper>
  );
}
