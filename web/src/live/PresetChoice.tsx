import { Select } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";

import { saying, type View } from "../api";
import { ptz } from "../ptz/ptz";

/** Preset positions of the area that is shown; choosing one goes there. */
export function PresetChoice({ view }: { view: View }) {
  const areas = useQuery({ queryKey: ["ptz"], queryFn: ptz.areas, refetchInterval: 5000, enabled: view.ptz });
  const area = areas.data?.find((each) => each.view === view.index);
  if (!view.ptz || !area) return null;
  return (
    <Select
      aria-label="Go to preset position"
      placeholder="Preset position"
      w={170}
      data={area.presets.map(({ number, name }) => ({ value: String(number), label: name }))}
      value={null}
      onChange={(value) =>
        value && void ptz.go(view.index, Number(value)).catch((error: unknown) => notifications.show({ message: saying(error), color: "red" }))
      }
      maxDropdownHeight={360}
    />
  );
}
