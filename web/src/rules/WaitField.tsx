import { Group, Input, NumberInput, Text } from "@mantine/core";

import { lasting, parts } from "./times";

const PARTS = [
  { name: "hours", label: "Hours", suffix: " h", length: 3600, most: 23 },
  { name: "minutes", label: "Minutes", suffix: " min", length: 60, most: 59 },
  { name: "seconds", label: "Seconds", suffix: " s", length: 1, most: 59 },
] as const;

/** The least time between two starts, as hours, minutes and seconds. */
export function WaitField({ seconds, error, onChange }: { seconds: number; error?: string; onChange(seconds: number): void }) {
  const now = parts(seconds);
  return (
    <Input.Wrapper
      label="Wait between actions"
      description={seconds > 0 ? `Once started, it does not start again for ${lasting(seconds)}.` : "Without a wait it starts each time that its conditions come to hold."}
      error={error}
      role="group"
      labelElement="div"
    >
      <Group gap={6} mt={4} wrap="nowrap">
        {PARTS.map(({ name, label, suffix, length, most }, index) => (
          <Group key={name} gap={6} wrap="nowrap">
            {index > 0 && (
              <Text c="dimmed" aria-hidden>
                :
              </Text>
            )}
            <NumberInput
              aria-label={label}
              w={96}
              min={0}
              max={most}
              clampBehavior="strict"
              allowDecimal={false}
              suffix={suffix}
              value={now[name]}
              onChange={(value) => onChange(seconds + ((Number(value) || 0) - now[name]) * length)}
            />
          </Group>
        ))}
      </Group>
    </Input.Wrapper>
  );
}
