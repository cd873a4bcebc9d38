import { Stack, Switch } from "@mantine/core";

import type { Instant } from "../settings/useInstant";
import type { SettingsAccess } from "../settings/useSettings";
import { Group } from "./Group";
import { Level } from "./Level";
import { Profiles } from "./Profiles";
import { useCapabilities } from "./useCapabilities";
import { Wdr } from "./Wdr";
import { WhiteBalance } from "./WhiteBalance";

const GROUPS = {
  Appearance: ["brightness", "contrast", "saturation", "sharpness"],
  "Wide dynamic range": ["wdr", "local_contrast", "tone_mapping"],
  "White balance": ["white_balance", "white_balance_window", "red_gain", "blue_gain"],
  "Noise reduction": ["noise_spatial", "noise_temporal"],
  Defog: ["defog", "defog_effect"],
};

interface Props {
  access: SettingsAccess;
  settings: Instant;
  /** A white reference is being pointed at; why the last one was refused. */
  picking: boolean;
  problem: string | null;
  onPicking(picking: boolean): void;
  onWindow(): void;
}

/** Brightness, colour, wide dynamic range, noise and fog. */
export function Look({ access, settings, picking, problem, onPicking, onWindow }: Props) {
  const can = useCapabilities();
  const rows = new Map((access.sections.find(({ name }) => name === "image")?.rows ?? []).map((row) => [row.path, row]));
  const disabled = !access.mayWrite("image.brightness");
  const reason = (name: string) => {
    const one = can(`image.${name}`);
    return one.supported ? "" : one.reason;
  };
  const group = (title: keyof typeof GROUPS) => {
    const paths = GROUPS[title].map((name) => `image.${name}`);
    const changed = paths.filter((path) => settings.value(path) !== rows.get(path)?.default);
    return {
      title,
      disabled,
      untouched: changed.length === 0,
      onReset: () => {
        for (const path of changed) settings.set(path, rows.get(path)?.default ?? null);
        settings.done();
      },
    };
  };
  const level = (name: string, neutral?: number, off = false) => {
    const row = rows.get(`image.${name}`);
    const why = reason(name);
    return (
      row && (
        <Level key={name} row={row} settings={settings} disabled={disabled || off || why !== ""} neutral={neutral} description={why ? `${why}.` : row.description} />
      )
    );
  };
  const defog = settings.value("image.defog") === true;

  return (
    <Stack gap="md">
      <Profiles value={settings.value} disabled={disabled} onApplied={settings.note} />
      <Group {...group("Appearance")}>{GROUPS.Appearance.map((name) => level(name, 50))}</Group>
      <Group {...group("Wide dynamic range")}>
        <Wdr rows={rows} settings={settings} disabled={disabled} reasonOf={reason} />
      </Group>
      <Group {...group("White balance")}>
        <WhiteBalance
          rows={rows}
          settings={settings}
          disabled={disabled}
          picking={picking}
          problem={problem}
          onPicking={onPicking}
          onWindow={onWindow}
          reason={reason("white_balance_window")}
        />
      </Group>
      <Group {...group("Noise reduction")}>
        {level("noise_spatial", 0)}
        {level("noise_temporal", 0)}
      </Group>
      <Group {...group("Defog")}>
        <Switch
          label="Defog"
          description={rows.get("image.defog")?.description}
          checked={defog}
          disabled={disabled}
          onChange={(event) => settings.apply("image.defog", event.currentTarget.checked)}
        />
        {level("defog_effect", undefined, !defog)}
      </Group>
    </Stack>
  );
}
