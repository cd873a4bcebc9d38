import { NumberInput } from "@mantine/core";
import { useState } from "react";

interface Props {
  label: string;
  value: number;
  min: number;
  max: number;
  step: number;
  decimals?: number;
  suffix?: string;
  width: number;
  disabled: boolean;
  onChange(value: number): void;
  onDone(): void;
}

/** A number that takes effect while it is typed. What is none, or too small or large, changes nothing, and gives way to the value in force. */
export function Exact({ label, value, min, max, step, decimals, suffix, width, disabled, onChange, onDone }: Props) {
  const [typed, setTyped] = useState<number | string | null>(null);
  const fits = (next: number | string): next is number => typeof next === "number" && min <= next && next <= max;
  const leave = () => {
    setTyped(null);
    onDone();
  };
  return (
    <NumberInput
      aria-label={label}
      w={width}
      min={min}
      max={max}
      step={step}
      decimalScale={decimals}
      suffix={suffix}
      clampBehavior="none"
      value={typed ?? value}
      error={typeof typed === "number" && !fits(typed) ? `From ${min} to ${max}` : null}
      disabled={disabled}
      onChange={(next) => {
        setTyped(next);
        if (fits(next)) onChange(next);
      }}
      onBlur={leave}
      onKeyDown={(event) => event.key === "Enter" && leave()}
    />
  );
}
