import { Button, Input, SegmentedControl, Stack, Switch } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useState } from "react";

import { MountChoice } from "../installation/MountChoice";
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

/** How the camera hangs. Everything here acts at once, beside the live picture. */
export function Installation() {
  const { access, problem } = useSettings();
  const [view, setView] = useState(0);
  if (!access) return <Loading problem={problem} />;
  return (
    <Stack>
      <PageTitle title="Installation">Everything on this page takes effect at once, in every view and stream.</PageTitle>
      <SideBySide form={<Form access={access} onView={setView} />} picture={<LivePanel view={view} onView={setView} levelGrid />} />
    </Stack>
  );
}

function Form({ access, onView }: { access: SettingsAccess; onView(view: number): void }) {
  const { views } = useViews();
  const settings = useInstant(access);
  const quad = views.find(({ index }) => index === QUAD_VIEW);
  const field = (name: string) => {
    const path = `installation.${name}`;
    return { disabled: !access.mayWrite(path), error: settings.error(path) };
  };
  /** Show the view that the change is about, unless the mount does not have it. */
  const showQuad = () => quad?.available && onView(QUAD_VIEW);

  return (
    <Stack gap="lg">
      <MountChoice {...field("mount")} value={String(settings.value("installation.mount"))} onChange={(mount) => settings.apply("installation.mount", mount)} />
      <Roll
        {...field("roll")}
        value={Number(settings.value("installation.roll"))}
        onChange={(roll) => settings.set("installation.roll", roll)}
        onDone={settings.done}
      />
      <Input.Wrapper
        label="Power line frequency"
        description="The mains frequency where the camera looks, against flicker."
        error={field("power_line").error}
        labelElement="div"
      >
        <SegmentedControl
          mt={6}
          aria-label="Power line frequency"
          disabled={field("power_line").disabled}
          data={[
            { value: "50", label: "50 Hz" },
            { value: "60", label: "60 Hz" },
          ]}
          value={String(settings.value("installation.power_line"))}
          onChange={(value) => settings.apply("installation.power_line", Number(value))}
        />
      </Input.Wrapper>
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
