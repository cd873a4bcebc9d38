import { Badge, Group, Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";

import type { CaptureMode } from "../api";
import { Changeable } from "./Changeable";
import { RestartDialog } from "./RestartDialog";

/** What a mode allows, in a few words. */
export function allows(mode: CaptureMode): string {
  const rate = mode.source_rate ? (mode.fps ? `${mode.fps} fps, the source's own` : "the source's own rate") : `up to ${mode.fps} fps`;
  return `${mode.views.length === 1 ? "1 view" : `${mode.views.length} views`}, ${rate}`;
}

/** The capture mode in force, and the dialog that changes it. */
export function CaptureModes({ modes, disabled }: { modes: CaptureMode[]; disabled: boolean }) {
  const current = modes.find(({ selected }) => selected);
  const [opened, setOpened] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const name = chosen ?? current?.name ?? null;
  const open = () => {
    setChosen(null);
    setOpened(true);
  };
  return (
    <>
      <Changeable label="Capture mode" value={current?.title ?? "…"} detail={current ? allows(current) : ""} disabled={disabled || !current} onChange={open} />
      <RestartDialog
        title="Change capture mode"
        opened={opened}
        close={() => setOpened(false)}
        wish={name && name !== current?.name ? { capture_mode: name } : null}
      >
        <Radio.Group
          value={name}
          onChange={(next) => setChosen(String(next))}
          label="Capture mode"
          description="Decides which views exist, how many pictures a second there are, and whether WDR is possible."
        >
          <Stack gap={8} mt={8}>
            {modes.map((mode) => (
              <Radio.Card key={mode.name} value={mode.name} p="sm" radius="md" aria-label={mode.title}>
                <Group wrap="nowrap" align="flex-start" gap="sm">
                  <Radio.Indicator mt={3} />
                  <div>
                    <Text fw={600}>{mode.title}</Text>
                    <Text size="sm">{allows(mode)}</Text>
                    <Group gap={6} mt={6}>
                      <Can what="WDR" can={mode.wdr} />
                      <Can what="Dewarped views" can={mode.views.length > 1} />
                      <Can what="Horizon straightening" can={mode.horizon_straightening} />
                    </Group>
                  </div>
                </Group>
              </Radio.Card>
            ))}
          </Stack>
        </Radio.Group>
      </RestartDialog>
    </>
  );
}

function Can({ what, can }: { what: string; can: boolean }) {
  return (
    <Badge variant="light" color={can ? "teal" : "gray"} tt="none">
      {can ? what : `no ${what.charAt(0) === "W" ? what : what.toLowerCase()}`}
    </Badge>
  );
}
