import { Input, Select, SimpleGrid } from "@mantine/core";

import type { View } from "../api";
import { FIRST_AREA_VIEW } from "../live/steering";

const PLACES = ["Top left", "Top right", "Bottom left", "Bottom right"];

interface Props {
  order: number[];
  views: View[];
  disabled: boolean;
  error: string | null;
  onChange(order: number[]): void;
}

/** Which view area stands where in the quad view. Choosing one that stands elsewhere swaps the two. */
export function QuadOrder({ order, views, disabled, error, onChange }: Props) {
  const swap = (place: number, area: number) => {
    const other = order.indexOf(area);
    onChange(order.map((each, index) => (index === place ? area : index === other ? (order[place] ?? each) : each)));
  };
  const name = (area: number) => views.find(({ index }) => index === FIRST_AREA_VIEW + area - 1)?.name ?? `View area ${area}`;
  return (
    <Input.Wrapper label="Quad order" description="Which view area stands where in the quad view." error={error} labelElement="div">
      <SimpleGrid cols={2} spacing={6} verticalSpacing={6} mt={6}>
        {PLACES.map((place, index) => (
          <Select
            key={place}
            aria-label={place}
            disabled={disabled}
            data={[1, 2, 3, 4].map((area) => ({ value: String(area), label: name(area) }))}
            value={String(order[index])}
            allowDeselect={false}
            onChange={(value) => value && swap(index, Number(value))}
          />
        ))}
      </SimpleGrid>
    </Input.Wrapper>
  );
}
