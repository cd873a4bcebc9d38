import { Group, Input, NumberInput, Slider } from "@mantine/core";

interface Props {
  value: number;
  disabled: boolean;
  error: string | null;
  onChange(value: number): void;
  onDone(): void;
}

const MARKS = [-180, -90, 0, 90, 180].map((value) => ({ value, label: `${value}°` }));

/** The roll as a slider and as a number, always in step. */
export function Roll({ value, disabled, error, onChange, onDone }: Props) {
  const fine = (next: number) => onChange(Math.round(next * 10) / 10);
  return (
    <Input.Wrapper
      label="Roll"
      description="Turns the picture about the optical axis, in all views. Compare straight edges with the level grid."
      error={error}
      labelElement="div"
      pb="lg"
    >
      <Group wrap="nowrap" align="center" mt={6}>
        <Slider
          flex={1}
          mx={12}
          thumbLabel="Roll"
          min={-180}
          max={180}
          step={0.5}
          startPointValue={0}
          marks={MARKS}
          label={(shown) => `${shown}°`}
          value={value}
          disabled={disabled}
          onChange={fine}
          onChangeEnd={onDone}
        />
        <NumberInput
          aria-label="Roll in degrees"
          w={100}
          min={-180}
          max={180}
          step={0.1}
          decimalScale={1}
          suffix="°"
          value={value}
          disabled={disabled}
          onChange={(next) => typeof next === "number" && fine(next)}
          onBlur={onDone}
        />
      </Group>
    </Input.Wrapper>
  );
}
