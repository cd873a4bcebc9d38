import { Badge, Group, Input, Select, SimpleGrid, Stack, TextInput } from "@mantine/core";

import type { SettingValue } from "../api";

const MODELS = [
  { value: "equidistant", label: "Equidistant (most fisheye lenses)" },
  { value: "equisolid", label: "Equisolid (photo lenses)" },
  { value: "stereographic", label: "Stereographic" },
  { value: "orthographic", label: "Orthographic" },
  { value: "kb", label: "Kannala-Brandt (calibrated)" },
];
const PREFIX = "kb:";
const STRAIGHT = "kb:0,0,0,0";

interface Props {
  value: SettingValue;
  /** Whether a change waits for the next start. */
  restart: boolean;
  disabled: boolean;
  error: string | null;
  onChange(lens: string): void;
}

/** The law by which the lens bends directions, with the coefficients where it has some. */
export function LensChoice({ value, restart, disabled, error, onChange }: Props) {
  const lens = String(value);
  const calibrated = lens.startsWith(PREFIX);
  const coefficients = calibrated ? lens.slice(PREFIX.length).split(",") : [];
  return (
    <Stack gap={6}>
      <Select
        label={
          <Group gap={6} component="span">
            Lens model
            {restart && (
              <Badge size="xs" variant="light" color="gray" component="span">
                at next start
              </Badge>
            )}
          </Group>
        }
        description="How the lens maps angles to distances from the middle. If straight edges are bent near the rim, try another one."
        data={MODELS}
        value={calibrated ? "kb" : lens}
        disabled={disabled}
        error={calibrated ? null : error}
        allowDeselect={false}
        onChange={(model) => model && onChange(model === "kb" ? STRAIGHT : model)}
      />
      {calibrated && (
        <Input.Wrapper error={error} labelElement="div">
          <SimpleGrid cols={4} spacing={6}>
            {[0, 1, 2, 3].map((index) => (
              <TextInput
                key={index}
                label={`k${index + 1}`}
                value={coefficients[index] ?? ""}
                disabled={disabled}
                onChange={(event) => {
                  const typed = event.currentTarget.value.replace(/,/g, ".");
                  onChange(PREFIX + [0, 1, 2, 3].map((each) => (each === index ? typed : (coefficients[each] ?? "0"))).join(","));
                }}
              />
            ))}
          </SimpleGrid>
        </Input.Wrapper>
      )}
    </Stack>
  );
}
