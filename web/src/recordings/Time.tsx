import { TextInput } from "@mantine/core";

import { clock, day } from "./words";

interface Props {
  label: string;
  value: number;
  onChange(value: number): void;
  /** A moment that is not allowed, and why. */
  error?: string | null;
  disabled?: boolean;
}

/** A moment in the time of whoever looks, to the second. */
export function Time({ label, value, onChange, error = null, disabled = false }: Props) {
  return (
    <TextInput
      type="datetime-local"
      step={1}
      label={label}
      w={235}
      value={`${day(value)}T${clock(value)}`}
      error={error}
      disabled={disabled}
      onChange={(event) => {
        const at = Date.parse(event.currentTarget.value);
        if (!Number.isNaN(at)) onChange(at);
      }}
    />
  );
}
