import { Button, Stack, Switch } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api } from "../api";
import { CaptureModes } from "../installation/CaptureModes";
import { HorizonCard } from "../installation/HorizonCard";
import { Mounting } from "../installation/Mounting";
import { PowerLine } from "../installation/PowerLine";
import { QuadOrder } from "../installation/QuadOrder";
import { Roll } from "../installation/Roll";
import { LivePanel } from "../live/LivePanel";
import { reasonOf } from "../live/reasons";
import { QUAD_VIEW } from "../live/steering";
import { useViews } from "../live/useCamera";
import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";
import { SideBySide } from "../parts/SideBySide";
import { useInstant } from "../settings/useInstant";
import { type SettingsAccess, useSettings } from "../settings/useSettings";

const PANORAMA = 1;

/** How the camera hangs, beside the live picture. What restarts the picture asks first; all else acts at once. */
export function Installation() {
  const { access, problem } = useSettings();
  const [view, setView] = useState(0);
  if (!access) return <Loading problem={problem} />;
  return (
    <Stack>
      <PageTitle title="Installation">Turns and straightens every view and stream at once. What restarts the picture asks first.</PageTitle>
      <SideBySide form={<Form access={access} onView={setView} />} picture={<LivePanel view={view} onView={setView} levelGrid />} />
    </Stack>
  );
}

function Form({ access, onView }: { access: SettingsAccess; onView(view: number): void }) {
  const { views } = useViews();
  const settings = useInstant(access);
  const installation = useQuery({ queryKey: ["installation"], queryFn: api.installation });
  const quad = views.find(({ index }) => index === QUAD_VIEW);
  const field = (name: string) => {
    const path = `installation.${name}`;
    return { disabled: !access.mayWrite(path), error: settings.error(path) };
  };
  /** Show the view that the change is about, unless the mount does not have it. */
  const showQuad = () => quad?.available && onView(QUAD_VIEW);

  return (
    <Stack gap="lg">
      <CaptureModes modes={installation.data?.capture_modes ?? []} disabled={field("capture_mode").disabled} />
      <Mounting mount={String(settings.value("installation.mount"))} disabled={field("mount").disabled} />
      <Roll
        {...field("roll")}
        value={Number(settings.value("installation.roll"))}
        onChange={(roll) => settings.set("installation.roll", roll)}
        onDone={settings.done}
      />
      {installation.data && (
        <HorizonCard horizon={installation.data.horizon} settings={settings} field={field} onPanorama={() => onView(PANORAMA)} />
      )}
      <PowerLine {...field("power_line")} hertz={Number(settings.value("installation.power_line"))} />
      <QuadOrder
        {...field("quad_order")}
        disabled={field("quad_order").disabled || !quad?.available}
        order={settings.value("installation.quad_order") as number[]}
        views={views}
        onChange={(order) => {
          showQuad();
          settings.apply("installation.quad_order", order);
        }}
      />
      <Switch
        {...field("quad_eye")}
        label="Quad eye"
        description={quad?.available === false ? `${reasonOf(quad)}.` : "Show the overview in the middle of the quad view."}
        disabled={field("quad_eye").disabled || !quad?.available}
        checked={settings.value("installation.quad_eye") === true}
        onChange={(event) => {
          showQuad();
          settings.apply("installation.quad_eye", event.currentTarget.checked);
        }}
      />
      <Button variant="default" leftSection={<IconArrowBackUp size={18} />} disabled={!settings.mayUndo} onClick={settings.undo} style={{ alignSelf: "start" }}>
        Undo
      </Button>
    </Stack>
  );
}
