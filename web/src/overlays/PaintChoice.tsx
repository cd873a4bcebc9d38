import { ColorSwatch, Group, Select, Text } from "@mantine/core";

import { type Paint, PAINTS } from "./calls";
import { PAINT_CSS, PAINT_NAMES } from "./words";

interface Props {
  label: string;
  value: Paint;
  onChange(paint: Paint): void;
}

/** A colour of a text or a mark. */
export function PaintChoice({ label, value, onChange }: Props) {
  return (
    <Select
      label={label}
      size="sm"
      value={value}
      allowDeselect={false}
      checkIconPosition="right"
      data={PAINTS.map((paint) => ({ value: paint, label: PAINT_NAMES[paint] }))}
      leftSection={<Swatch paint={value} />}
      renderOption={({ option }) => (
        <Group gap={8} wrap="nowrap">
          <Swatch paint={option.value as Paint} />
          <Text size="sm">{option.label}</Text>
        </Group>
      )}
      onChange={(paint) => paint && onChange(paint as Paint)}
    />
  );
}

function Swatch({ paint }: { paint: Paint }) {
  return <ColorSwatch size={16} radius="sm" color={PAINT_CSS[paint]} aria-hidden />;
}
