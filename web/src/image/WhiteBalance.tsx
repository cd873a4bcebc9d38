import { Alert, Button, Group, Input, Select } from "@mantine/core";
import { IconColorPicker, IconFocus2, IconTrash } from "@tabler/icons-react";

import type { SettingValue } from "../api";
import { Tool } from "../parts/Tool";
import type { Row } from "../settings/schema";
import type { Instant } from "../settings/useInstant";
import { Level } from "./Level";
import { WHITE_BALANCE } from "./modes";
import { another, windowOf } from "./zones";

interface Props {
  rows: Map<string, Row>;
  settings: Instant;
  disabled: boolean;
  picking: boolean;
  problem: string | null;
  onPicking(picking: boolean): void;
  /** The window is being edited: time to show the overview, with it on it. */
  onWindow(): void;
  /** Why a window has no effect with this source, or nothing. */
  reason: string;
}

const WINDOW = "image.white_balance_window";

/** Which light is to look white; by hand, from something grey in the picture. */
export function WhiteBalance({ rows, settings, disabled, picking, problem, onPicking, onWindow, reason }: Props) {
  const mode = String(settings.value("image.white_balance"));
  const window = windowOf(settings.value(WINDOW));
  const add = () => {
    onWindow();
    settings.apply(WINDOW, another([]) as unknown as SettingValue);
  };
  const gain = (name: string) => {
    const row = rows.get(`image.${name}`);
    return row && <Level row={row} settings={settings} disabled={disabled} neutral={1} />;
  };
  return (
    <>
      <Select
        label="White balance"
        description={WHITE_BALANCE.find(({ value }) => value === mode)?.help}
        data={WHITE_BALANCE}
        value={mode}
        allowDeselect={false}
        disabled={disabled}
        error={settings.error("image.white_balance")}
        maxDropdownHeight={400}
        onChange={(next) => next && settings.apply("image.white_balance", next)}
      />
      <Button
        variant={picking ? "filled" : "default"}
        leftSection={<IconColorPicker size={18} />}
        disabled={disabled}
        aria-pressed={picking}
        style={{ alignSelf: "start" }}
        onClick={() => onPicking(!picking)}
      >
        {picking ? "Now point at something grey or white" : "White reference"}
      </Button>
      {(mode === "auto" || mode === "auto_outdoors" || window) && (
        <Input.Wrapper
          label="White balance window"
          description={
            reason
              ? `${reason}.`
              : window
                ? "The light is told from the window alone. Drag it on the overview, or move it with the arrow keys."
                : "The light is told from the whole picture."
          }
          error={settings.error(WINDOW)}
          labelElement="div"
        >
          <Group mt={6} gap="xs">
            {window ? (
              <>
                <Button variant="default" size="compact-sm" onClick={onWindow}>
                  Show window
                </Button>
                {!disabled && <Tool label="Remove window" icon={<IconTrash size={18} />} onClick={() => settings.apply(WINDOW, null)} />}
              </>
            ) : (
              <Button variant="default" leftSection={<IconFocus2 size={18} />} disabled={disabled || reason !== ""} onClick={add}>
                Use a part of the picture
              </Button>
            )}
          </Group>
        </Input.Wrapper>
      )}
      {problem && <Alert color="orange">{problem}</Alert>}
      {mode === "manual" && (
        <>
          {gain("red_gain")}
          {gain("blue_gain")}
        </>
      )}
    </>
  );
}
