import { Alert, Badge, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { LivePanel } from "../live/LivePanel";
import { FIRST_AREA_VIEW } from "../live/steering";
import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";
import { SideBySide } from "../parts/SideBySide";
import { Control, Movement } from "../ptz/Control";
import { GatekeeperCard } from "../ptz/GatekeeperCard";
import { Limits, LimitsDial } from "../ptz/Limits";
import { Presets } from "../ptz/Presets";
import { Tours } from "../ptz/Tours";
import { usePtz } from "../ptz/usePtz";
import { ZoneOutlines } from "../ptz/ZoneOutlines";
import { Zones } from "../ptz/Zones";
import { useSettings } from "../settings/useSettings";

const PARTS = {
  presets: { title: "Preset positions", about: "Views with a name, one press away for everybody, for tours and for clients." },
  limits: { title: "Limits", about: "How far each view area may turn and zoom." },
  tours: { title: "Guard tours", about: "View areas that move by themselves, from position to position or as they were taught." },
  gatekeeper: { title: "Gatekeeper", about: "A view area that looks where something moves, and comes home afterwards." },
  zones: { title: "Named zones (OSDI)", about: "Names for parts of what a view area sees; an overlay shows where it looks." },
  control: { title: "Control queue", about: "Who moves a view area when several people want to." },
  movement: { title: "PTZ settings", about: "Speeds, going home, and which view areas may be moved at all." },
};

/** One part of pan, tilt and zoom for one view area, beside its live picture. */
export function Ptz({ part }: { part: keyof typeof PARTS }) {
  const [view, setView] = useState(FIRST_AREA_VIEW);
  const { areas, tours, problem, act } = usePtz();
  const { access, problem: trouble } = useSettings();
  const area = areas?.find((each) => each.view === view);
  if (!area || !areas || !access) return <Loading problem={problem ?? trouble} />;
  const off = !area.ptz && part !== "movement";
  const mayChange = (area.ptz || part === "zones") && access.mayWrite("ptz.presets");
  const { title, about } = PARTS[part];
  return (
    <Stack>
      <PageTitle title={title}>{about}</PageTitle>
      <SideBySide
        form={
          <Stack>
            <SegmentedControl
              fullWidth
              aria-label="View area"
              data={areas.map((each) => ({ value: String(each.view), label: `Area ${each.area}` }))}
              value={String(view)}
              onChange={(value) => setView(Number(value))}
            />
            {off && <Alert color="yellow">Pan, tilt and zoom of {area.name} are switched off in the PTZ settings.</Alert>}
            {part === "presets" && <Presets key={view} area={area} act={act} mayChange={mayChange} />}
            {part === "limits" && <Limits area={area} act={act} mayChange={mayChange} />}
            {part === "tours" && <Tours key={view} area={area} tours={tours.filter((tour) => tour.view === view)} act={act} mayChange={mayChange} />}
            {part === "gatekeeper" && <GatekeeperCard key={view} area={area} act={act} mayChange={mayChange} />}
            {part === "zones" && <Zones key={view} area={area} act={act} mayChange={mayChange} />}
            {part === "control" && <Control area={area} access={access} act={act} />}
            {part === "movement" && <Movement area={area} access={access} />}
          </Stack>
        }
        picture={
          <>
            <LivePanel view={view} steer>
              {part === "limits" && <LimitsDial area={area} />}
              {part === "zones" && <ZoneOutlines view={view} />}
            </LivePanel>
            <Group gap="xs">
              <Badge variant="light" color={area.moving ? "teal" : "gray"}>
                {area.moving ? "moving" : "still"}
              </Badge>
              {area.tour !== null && (
                <Text size="sm" c="dimmed">
                  {tours.find(({ number }) => number === area.tour)?.name ?? "A tour"}: {area.tour_state}
                </Text>
              )}
            </Group>
          </>
        }
      />
    </Stack>
  );
}
