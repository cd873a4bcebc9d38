import { Anchor, Spoiler, Switch, Text } from "@mantine/core";

import type { Row } from "../settings/schema";
import type { Instant } from "../settings/useInstant";
import { Level } from "./Level";

interface Props {
  rows: Map<string, Row>;
  settings: Instant;
  disabled: boolean;
  /** Why one of its settings has no effect now; empty when it has. */
  reasonOf(name: string): string;
}

/** Wide dynamic range, with what a person should know of it. */
export function Wdr({ rows, settings, disabled, reasonOf }: Props) {
  const reason = reasonOf("wdr");
  const on = settings.value("image.wdr") === true;
  const level = (name: string) => {
    const row = rows.get(`image.${name}`);
    const why = reason ? "" : reasonOf(name); // the switch has said its own already
    return (
      row && (
        <Level
          row={row}
          settings={settings}
          disabled={disabled || !on || reason !== "" || why !== ""}
          description={why ? `${why}.` : row.description}
        />
      )
    );
  };
  return (
    <>
      <Switch
        label="Wide dynamic range (WDR)"
        description={reason ? `${reason}.` : "Shows dark and bright parts of the scene at once. It can cause artefacts in the picture."}
        error={settings.error("image.wdr")}
        checked={on}
        disabled={disabled || reason !== ""}
        onChange={(event) => settings.apply("image.wdr", event.currentTarget.checked)}
      />
      {level("local_contrast")}
      {level("tone_mapping")}
      <Spoiler maxHeight={0} showLabel="When to use WDR" hideLabel="Less" fz="sm">
        <Text size="sm" c="dimmed">
          Switch it on where a window, a door or lamps stand against dark corners. Local contrast brings dark and bright places nearer to each other; tone
          mapping opens shadows everywhere, and at 0 leaves the source&apos;s own curve. Light that was clipped when the picture was taken does not come back,
          and shadows bring their noise with them: add a little noise reduction, or lower the exposure so that highlights keep their drawing. Where light is
          even, leave it off. More in the{" "}
          <Anchor href="https://en.wikipedia.org/wiki/Wide_dynamic_range" target="_blank" rel="noreferrer">
            article on wide dynamic range
          </Anchor>
          .
        </Text>
      </Spoiler>
    </>
  );
}
