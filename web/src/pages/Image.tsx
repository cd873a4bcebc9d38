import { Button, Stack } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, saying, type SettingValue } from "../api";
import { Exposure } from "../image/Exposure";
import { ExposureZones } from "../image/ExposureZones";
import { Look } from "../image/Look";
import { WhitePicker } from "../image/WhitePicker";
import styles from "../image/ExposureZones.module.css";
import { windowOf, zonesOf } from "../image/zones";
import { LivePanel } from "../live/LivePanel";
import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";
import { SideBySide } from "../parts/SideBySide";
import { useInstant } from "../settings/useInstant";
import { type SettingsAccess, useSettings } from "../settings/useSettings";

/** What the picture looks like. Everything here acts at once, beside the live picture. */
export function Image() {
  const { access, problem } = useSettings();
  if (!access) return <Loading problem={problem} />;
  return <ImagePage access={access} />;
}

function ImagePage({ access }: { access: SettingsAccess }) {
  const settings = useInstant(access);
  const client = useQueryClient();
  const [view, setView] = useState(0);
  const [picking, setPicking] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const zones = zonesOf(settings.value("exposure.zones"));
  const white = windowOf(settings.value("image.white_balance_window"));
  const roll = Number(access.values["installation.roll"] ?? 0);
  const pick = (x: number, y: number, aspect: number) => {
    setPicking(false);
    void api.whiteReference({ view, x, y, aspect }).then(
      () => {
        setRefusal(null);
        return client.invalidateQueries({ queryKey: ["settings"] });
      },
      (error: unknown) => setRefusal(saying(error)),
    );
  };
  return (
    <Stack>
      <PageTitle title="Image">Everything on this page takes effect at once, in every view, stream and recording.</PageTitle>
      <SideBySide
        form={
          <Stack gap="lg">
            <Look access={access} settings={settings} picking={picking} problem={refusal} onPicking={setPicking} onWindow={() => setView(0)} />
            <Exposure access={access} settings={settings} onZones={() => setView(0)} />
            <Button variant="default" leftSection={<IconArrowBackUp size={18} />} disabled={!settings.mayUndo} onClick={settings.undo} style={{ alignSelf: "start" }}>
              Undo
            </Button>
          </Stack>
        }
        picture={
          <LivePanel view={view} onView={setView} counter>
            {picking && <WhitePicker onPick={pick} onCancel={() => setPicking(false)} />}
            {view === 0 && !picking && (
              <>
                <ExposureZones
                  zones={zones}
                  roll={roll}
                  disabled={!access.mayWrite("exposure.zones")}
                  onChange={(next) => settings.set("exposure.zones", next as unknown as SettingValue)}
                  onDone={settings.done}
                />
                <ExposureZones
                  zones={white ? [white] : []}
                  name="White balance window"
                  mark={() => "White balance"}
                  className={styles["white"]}
                  roll={roll}
                  disabled={!access.mayWrite("image.white_balance_window")}
                  onChange={([next]) => settings.set("image.white_balance_window", (next ?? null) as unknown as SettingValue)}
                  onDone={settings.done}
                />
              </>
            )}
          </LivePanel>
        }
      />
    </Stack>
  );
}
