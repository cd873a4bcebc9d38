import { Group, Input, Slider } from "@mantine/core";

import { Exact } from "../parts/Exact";
import type { Row } from "../settings/schema";
import type { Instant } from "../settings/useInstant";

interface Props {
  row: Row;
  settings: Instant;
  disabled: boolean;
  /** Where the setting changes nothing; the bar starts there. */
  neutral?: number;
  /** Instead of the declaration's own words. */
  description?: string;
}

/** A setting with a range as a slider and as a number, always in step. */
export function Level({ row, settings, disabled, neutral, description = row.description }: Props) {
  const value = Number(settings.value(row.path));
  const [min, max] = [row.minimum ?? 0, row.maximum ?? 100];
  const step = row.kind === "integer" ? 1 : 0.01;
  const set = (next: number) => settings.set(row.path, row.kind === "integer" ? Math.round(next) : next);
  return (
    <Input.Wrapper label={row.title} description={description} error={settings.error(row.path)} labelElement="div">
      <Group wrap="nowrap" align="center" mt={4}>
        <Slider
          flex={1}
          mx={12}
          thumbLabel={row.title}
          min={min}
          max={max}
          step={step}
          startPointValue={neutral}
          marks={neutral === undefined ? undefined : [{ value: neutral }]}
          value={value}
          disabled={disabled}
          onChange={set}
          onChangeEnd={settings.done}
        />
        <Exact label={`${row.title} as a number`} width={84} min={min} max={max} step={step} value={value} disabled={disabled} onChange={set} onDone={settings.done} />
      </Group>
    </Input.Wrapper>
  );
}
