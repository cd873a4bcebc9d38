import { Alert, Button, Fieldset, Group, Input, Select, Slider, Stack, Switch, Text } from "@mantine/core";
import { IconFocus2, IconInfoCircle, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { api, type ExposureState, type SettingValue } from "../api";
import { Tool } from "../parts/Tool";
import type { Instant } from "../settings/useInstant";
import type { SettingsAccess } from "../settings/useSettings";
import { useCapabilities } from "./useCapabilities";
import { another, MOST, type Zone, zonesOf } from "./zones";

const MODES = [
  { value: "automatic", label: "Automatic" },
  { value: "flicker-free-50", label: "Flicker-free 50 Hz" },
  { value: "flicker-free-60", label: "Flicker-free 60 Hz" },
  { value: "flicker-reduced-50", label: "Flicker-reduced 50 Hz" },
  { value: "flicker-reduced-60", label: "Flicker-reduced 60 Hz" },
  { value: "hold", label: "Hold current" },
];

const ABOUT: Record<string, string> = {
  automatic: "For most scenes.",
  "flicker-free": "For artificial light alone: the shutter is open for whole pulses of the mains, so that no bands wander through the picture.",
  "flicker-reduced": "For artificial light with bright daylight: whole pulses of the mains as long as the light allows them.",
  hold: "Keeps shutter and gain as they are now.",
};

/** Seconds and decibels from which a limit is worth a warning. */
const LONG_S = 1 / 20;
const BRIGHT_S = 1 / 4000;
const DARK_DB = 12;
const NOISY_DB = 30;

interface Props {
  access: SettingsAccess;
  settings: Instant;
  /** The zones are being edited: time to show the overview, with them on it. */
  onZones(): void;
}

/** How light becomes a picture: mode, limits and zones, with what they lead to. */
export function Exposure({ access, settings, onZones }: Props) {
  const can = useCapabilities();
  const now = useQuery({ queryKey: ["exposure"], queryFn: api.exposure, refetchInterval: 1_000 });
  const able = can("exposure.mode");
  const field = (name: string) => {
    const path = `exposure.${name}`;
    return { path, disabled: !access.mayWrite(path) || !can(path).supported, error: settings.error(path) };
  };
  const mode = String(settings.value("exposure.mode"));
  const held = mode === "hold";
  const shutter = seconds(settings.value("exposure.max_shutter"));
  const gain = Number(settings.value("exposure.max_gain"));
  const times = (name: string) => (access.row(`exposure.${name}`)?.choices ?? []).map((choice) => ({ value: String(choice), label: `${String(choice)} s` }));
  const slide = (name: string) => ({
    ...field(name),
    disabled: field(name).disabled || held,
    value: Number(settings.value(`exposure.${name}`)),
    onChange: (value: number) => settings.set(`exposure.${name}`, value),
    onDone: settings.done,
  });
  return (
    <Fieldset legend="Exposure">
      <Stack gap="md">
        {able.supported ? <Now state={now.data} /> : <Alert color="gray">{able.reason}. The settings below are kept for a source that can.</Alert>}
        <Select
          label="Exposure mode"
          description={ABOUT[mode.replace(/-\d+$/, "")]}
          data={MODES}
          value={mode}
          allowDeselect={false}
          {...plain(field("mode"))}
          onChange={(value) => value && settings.apply("exposure.mode", value)}
        />
        {able.supported && now.data?.warnings.map((warning) => <Warning key={warning}>{warning}</Warning>)}
        <Scale label="Exposure level" description="How bright the picture should be; 50 is normal." min={0} max={100} {...slide("level")} />
        <div>
          <Select
            label="Max shutter"
            description="The longest shutter time. A short one freezes what moves, and needs more gain in the dark."
            data={times("max_shutter")}
            value={String(settings.value("exposure.max_shutter"))}
            allowDeselect={false}
            {...plain(field("max_shutter"))}
            disabled={field("max_shutter").disabled || held}
            onChange={(value) => value && settings.apply("exposure.max_shutter", value)}
          />
          {shutter >= LONG_S && <Warning>A high max shutter can blur what moves.</Warning>}
        </div>
        <div>
          <Select
            label="Min shutter"
            description="The shortest shutter time. A long one keeps what moves smooth."
            data={times("min_shutter")}
            value={String(settings.value("exposure.min_shutter"))}
            allowDeselect={false}
            {...plain(field("min_shutter"))}
            disabled={field("min_shutter").disabled || held}
            onChange={(value) => value && settings.apply("exposure.min_shutter", value)}
          />
          {seconds(settings.value("exposure.min_shutter")) > BRIGHT_S && <Warning>A high min shutter can make bright scenes too bright.</Warning>}
        </div>
        <div>
          <Scale label="Max gain" description="The most amplification." min={0} max={48} unit=" dB" {...slide("max_gain")} />
          {gain < DARK_DB && <Warning>A low max gain can make the picture dark.</Warning>}
          {gain >= NOISY_DB && <Warning>The more gain, the more noise in the dark.</Warning>}
        </div>
        <div>
          <Scale label="Min gain" description="The least amplification; the shutter is the shorter for it." min={0} max={48} unit=" dB" {...slide("min_gain")} />
          {Number(settings.value("exposure.min_gain")) > 0 && <Warning>A min gain adds noise under good light too.</Warning>}
        </div>
        <Scale
          label="Blur-noise trade-off"
          description="What is given up first when light is short."
          min={0}
          max={100}
          marks={[
            { value: 0, label: "Low motion blur" },
            { value: 100, label: "Low noise" },
          ]}
          {...slide("blur_noise")}
        />
        <div>
          <Switch
            label="Motion-adaptive exposure"
            description="While things move the shutter is kept short and the gain rises first; when all is still again the trade-off counts."
            checked={settings.value("exposure.motion_adaptive") === true}
            {...plain(field("motion_adaptive"))}
            disabled={field("motion_adaptive").disabled || held}
            onChange={(event) => settings.apply("exposure.motion_adaptive", event.currentTarget.checked)}
          />
          {able.supported && !can("exposure.motion_adaptive").supported && <Warning>{`${can("exposure.motion_adaptive").reason}.`}</Warning>}
        </div>
        {can("exposure.aperture").supported && (
          <Scale
            label="Aperture"
            description="An open iris gives more light, a closed one more depth of field."
            min={0}
            max={100}
            marks={[
              { value: 0, label: "Closed" },
              { value: 100, label: "Open" },
            ]}
            {...slide("aperture")}
          />
        )}
        <Zones
          zones={zonesOf(settings.value("exposure.zones"))}
          {...field("zones")}
          onShow={onZones}
          onChange={(zones) => settings.apply("exposure.zones", zones as unknown as SettingValue)}
        />
        <Text size="sm" c="dimmed">
          Still blurred in the dark? Shorten max shutter and raise max gain together. If that is not enough, add light, or mount the camera so that people
          and things move towards it or away from it, not sideways.
        </Text>
      </Stack>
    </Fieldset>
  );
}

/** Shutter, gain and brightness of the newest picture. */
function Now({ state }: { state: ExposureState | undefined }) {
  if (!state?.shutter || state.gain_db === null) return <Text size="sm">Waiting for the first picture…</Text>;
  const bright = state.luminance === null ? "" : ` Mean brightness ${Math.round(100 * state.luminance)} % of white, wanted ${Math.round(100 * state.target)} %.`;
  return (
    <Text size="sm" data-testid="exposure-now" style={{ fontVariantNumeric: "tabular-nums" }}>
      Now: shutter {state.shutter} s, gain {state.gain_db.toFixed(1)} dB.{bright}
      {state.hurried && " Short, because things move."}
      {state.adapting && " Adapting…"}
    </Text>
  );
}

interface ScaleProps {
  label: string;
  description: string;
  min: number;
  max: number;
  unit?: string;
  marks?: { value: number; label: string }[];
  value: number;
  disabled: boolean;
  error: string | null;
  onChange(value: number): void;
  onDone(): void;
}

function Scale({ label, description, unit = "", marks, value, disabled, error, onChange, onDone, min, max }: ScaleProps) {
  return (
    <Input.Wrapper label={label} description={description} error={error} labelElement="div" pb={marks ? "lg" : 0}>
      <Group wrap="nowrap" mt={6}>
        <Slider
          flex={1}
          mx={marks ? 40 : 12}
          thumbLabel={label}
          min={min}
          max={max}
          marks={marks}
          label={(shown) => `${shown}${unit}`}
          value={value}
          disabled={disabled}
          onChange={onChange}
          onChangeEnd={onDone}
        />
        <Text size="sm" w={52} ta="right" style={{ fontVariantNumeric: "tabular-nums" }}>
          {value}
          {unit}
        </Text>
      </Group>
    </Input.Wrapper>
  );
}

interface ZonesProps {
  zones: Zone[];
  disabled: boolean;
  error: string | null;
  onShow(): void;
  onChange(zones: Zone[]): void;
}

function Zones({ zones, disabled, error, onShow, onChange }: ZonesProps) {
  const add = () => {
    onShow();
    onChange([...zones, another(zones)]);
  };
  return (
    <Input.Wrapper
      label="Exposure zones"
      description={
        zones.length ? "Brightness is measured in the zones. Drag them on the overview, or move them with the arrow keys." : "The whole picture is measured."
      }
      error={error}
      labelElement="div"
    >
      <Group mt={6} gap="xs">
        {zones.map((_, index) => (
          <Group key={index} gap={4}>
            <Button variant="default" size="compact-sm" onClick={onShow}>
              Zone {index + 1}
            </Button>
            {!disabled && (
              <Tool label={`Remove zone ${index + 1}`} icon={<IconTrash size={18} />} onClick={() => onChange(zones.filter((_each, other) => other !== index))} />
            )}
          </Group>
        ))}
        <Button variant="default" leftSection={<IconFocus2 size={18} />} disabled={disabled || zones.length >= MOST} onClick={add}>
          Add zone
        </Button>
      </Group>
    </Input.Wrapper>
  );
}

function Warning({ children }: { children: string }) {
  return (
    <Group gap={6} wrap="nowrap" mt={4} align="flex-start">
      <IconInfoCircle size={16} style={{ flexShrink: 0, marginTop: 2 }} aria-hidden />
      <Text size="sm">{children}</Text>
    </Group>
  );
}

function plain({ disabled, error }: { disabled: boolean; error: string | null }) {
  return { disabled, error };
}

function seconds(value: SettingValue): number {
  const [one, parts] = String(value).split("/").map(Number);
  return (one ?? 1) / (parts ?? 1);
}
