import { Stack, Switch } from "@mantine/core";

import type { Installation } from "../api";
import type { Instant } from "../settings/useInstant";
import { Angle } from "./Angle";

interface Props {
  horizon: Installation["horizon"];
  settings: Instant;
  field(name: string): { disabled: boolean; error: string | null };
  /** Shows the panorama, which is what all of this is about. */
  onPanorama(): void;
}

/** Horizon straightening of a wall camera's panorama; where it cannot act, it says why. */
export function HorizonCard({ horizon, settings, field, onPanorama }: Props) {
  const on = settings.value("installation.horizon_straightening") === true;
  const angle = (name: string) => ({
    ...field(name),
    value: Number(settings.value(`installation.${name}`)),
    min: -45,
    max: 45,
    marks: [-45, 0, 45],
    onChange: (value: number) => {
      onPanorama();
      settings.set(`installation.${name}`, value);
    },
    onDone: settings.done,
  });
  return (
    <Stack gap="xs">
      <Switch
        {...field("horizon_straightening")}
        label="Horizon straightening"
        description={
          horizon.available
            ? "Makes the horizon of the panorama a straight line and uprights upright, for a camera that does not point level."
            : `It ${horizon.reason}.`
        }
        disabled={field("horizon_straightening").disabled || !horizon.available}
        checked={on && horizon.available}
        onChange={(event) => {
          onPanorama();
          settings.apply("installation.horizon_straightening", event.currentTarget.checked);
        }}
      />
      {on && horizon.available && (
        <>
          <Angle label="Horizon line" description="Where the horizon lies in the picture: degrees above its middle." {...angle("horizon_line")} />
          <Angle
            label="Tilt"
            description="How far the camera points above the horizon. It is right when door posts stand upright."
            {...angle("horizon_tilt")}
          />
        </>
      )}
    </Stack>
  );
}
