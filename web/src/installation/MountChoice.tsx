import { Group, Radio, SimpleGrid, Stack, Text } from "@mantine/core";

export const MOUNTS = [
  { value: "ceiling", label: "Ceiling", hint: "looks down", turn: 180 },
  { value: "desk", label: "Desk", hint: "looks up", turn: 0 },
  { value: "wall", label: "Wall", hint: "looks ahead", turn: 90 },
];

interface Props {
  value: string;
  disabled: boolean;
  error: string | null;
  onChange(mount: string): void;
}

/** How the camera is fixed, shown as small drawings. */
export function MountChoice({ value, disabled, error, onChange }: Props) {
  return (
    <Radio.Group
      value={value}
      onChange={(mount) => mount && onChange(String(mount))}
      label="Mounting position"
      description="Decides which way is up and which views exist. Running streams of views that end are closed, and the view areas go to new home positions."
      error={error}
    >
      <SimpleGrid cols={3} spacing={8} mt={6}>
        {MOUNTS.map(({ value: mount, label, hint, turn }) => (
          <Radio.Card key={mount} value={mount} disabled={disabled} p={8} radius="md" aria-label={`${label}: ${hint}`}>
            <Stack gap={2} align="center">
              <Drawing turn={turn} />
              <Group gap={6} wrap="nowrap">
                <Radio.Indicator size="xs" />
                <Text size="sm" fw={600}>
                  {label}
                </Text>
              </Group>
              <Text size="xs" c="dimmed">
                {hint}
              </Text>
            </Stack>
          </Radio.Card>
        ))}
      </SimpleGrid>
    </Radio.Group>
  );
}

/** A camera on a surface; unturned it stands on a desk and looks up. */
function Drawing({ turn }: { turn: number }) {
  return (
    <svg viewBox="-24 -24 48 48" width={52} height={52} aria-hidden fill="none" stroke="currentColor" strokeWidth={2}>
      <g transform={`rotate(${turn})`}>
        <line x1={-22} y1={20} x2={22} y2={20} strokeWidth={3} />
        <path d="M -9 19 A 9 9 0 0 1 9 19 Z" fill="var(--mantine-primary-color-filled)" stroke="none" />
        <path d="M -20 4 A 22 22 0 0 1 20 4" strokeDasharray="3 3" opacity={0.7} />
        <path d="M 0 6 V -14 M -5 -9 L 0 -15 L 5 -9" opacity={0.9} />
      </g>
    </svg>
  );
}
