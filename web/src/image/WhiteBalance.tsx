import { Alert, Button, Select } from "@mantine/core";
import { IconColorPicker } from "@tabler/icons-react";

import type { Row } from "../settings/schema";
import type { Instant } from "../settings/useInstant";
import { Level } from "./Level";
import { WHITE_BALANCE } from "./modes";

interface Props {
  rows: Map<string, Row>;
  settings: Instant;
  disabled: boolean;
  picking: boolean;
  problem: string | null;
  onPicking(picking: boolean): void;
}

/** Which light is to look white; by hand, from something grey in the picture. */
export function WhiteBalance({ rows, settings, disabled, picking, problem, onPicking }: Props) {
  const mode = String(settings.value("image.white_balance"));
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
