import { Badge, Group, NumberInput, PasswordInput, Select, Switch, TextInput } from "@mantine/core";

import type { SettingValue } from "../api";
import { labelOf } from "./labels";
import { type Row, shown } from "./schema";

interface Props {
  row: Row;
  value: SettingValue;
  disabled?: boolean;
  error?: string | null;
  /** Instead of the declaration's own words. */
  description?: string;
  placeholder?: string;
  onChange(value: SettingValue): void;
}

/** One setting, in the form that its declaration asks for. */
export function Field({ row, value, disabled = false, error = null, description = row.description, placeholder, onChange }: Props) {
  const label = (
    <Group gap={6} component="span">
      {row.title}
      {row.restart && row.write && (
        <Badge size="xs" variant="light" color="gray" component="span">
          at next start
        </Badge>
      )}
    </Group>
  );
  const common = { label, description, disabled, error, placeholder };
  switch (row.kind) {
    case "switch":
      return <Switch {...common} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />;
    case "choice":
      return (
        <Select
          {...common}
          data={row.choices.map((choice) => ({ value: String(choice), label: labelOf(choice, row.unit) }))}
          value={String(value)}
          allowDeselect={false}
          onChange={(text) => onChange(row.choices.find((choice) => String(choice) === text) ?? value)}
        />
      );
    case "number":
    case "integer":
      return (
        <NumberInput
          {...common}
          value={(value ?? "") as number | ""}
          min={row.minimum ?? undefined}
          max={row.maximum ?? undefined}
          clampBehavior="none"
          allowDecimal={row.kind === "number"}
          suffix={row.unit === "°" ? "°" : row.unit && ` ${row.unit}`}
          onChange={(number) => onChange(number === "" ? null : Number(number))}
        />
      );
    case "secret":
      return <PasswordInput {...common} placeholder="unchanged" autoComplete="new-password" onChange={(event) => onChange(event.currentTarget.value)} />;
    case "records":
      return null;
    case "text":
      return <TextInput {...common} value={shown(value)} onChange={(event) => onChange(textValue(row, event.currentTarget.value, value))} />;
  }
}

/** Lists of numbers are edited as text and sent as what they were; an empty optional value is none. */
function textValue(row: Row, text: string, before: SettingValue): SettingValue {
  if (text === "" && row.optional) return null;
  if (Array.isArray(before) && text !== "") return text.split(",").map((part) => (Number.isNaN(Number(part)) || part.trim() === "" ? part : Number(part)));
  return text;
}
