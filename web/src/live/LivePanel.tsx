import { Box, Group, SegmentedControl, Text } from "@mantine/core";
import { IconGridDots, IconRulerMeasure } from "@tabler/icons-react";
import { type ReactNode, type Ref, useState } from "react";

import { Tool } from "../parts/Tool";
import { RecordTool } from "../recordings/RecordTool";
import { comfortable } from "./fit";
import { type LiveHandle, LiveView } from "./LiveView";
import { useFormats, useViews } from "./useCamera";
import { ViewChooser } from "./ViewChooser";

interface Props {
  view: number;
  /** Without it the view is fixed. */
  onView?(index: number): void;
  /** Null: whatever serves best. */
  codec?: string | null;
  /** ``null`` leaves it to the stream settings. */
  resolution?: null;
  version?: string;
  levelGrid?: boolean;
  /** Offers to record the view. */
  record?: boolean;
  /** Offers the pixel counter. */
  counter?: boolean;
  info?: boolean;
  steer?: boolean;
  /** Buttons to steer with; without them hands and keys on the picture still do. */
  pad?: boolean;
  children?: ReactNode;
  ref?: Ref<LiveHandle>;
}

export const PANEL_PIXELS = 700_000;

/** The live picture beside a form. */
export function LivePanel(props: Props) {
  const { view: index, onView, codec = null, resolution, version, levelGrid = false, counter = false } = props;
  const { info, record = false, steer = false, pad = steer, children, ref } = props;
  const { views, quadOrder, maySteer } = useViews();
  const { playable } = useFormats();
  const [grid, setGrid] = useState(levelGrid);
  const [kind, setKind] = useState("straight");
  const [counting, setCounting] = useState(false);
  const [failed, setFailed] = useState(false);
  const view = views.find((each) => each.index === index && each.available) ?? views.find((each) => each.available);
  if (!view || playable.length === 0) return <Text>Looking at the camera's views…</Text>;
  const wanted = codec ?? "h264";
  return (
    <>
      <Group gap="xs">
        {onView ? <ViewChooser views={views} chosen={view} onChoose={onView} /> : <Text fw={600}>{view.name}</Text>}
        <Box flex={1} />
        {levelGrid && grid && (
          <SegmentedControl
            size="xs"
            aria-label="Lines of the level grid"
            data={[
              { value: "straight", label: "Straight" },
              { value: "world", label: "World" },
            ]}
            value={kind}
            onChange={setKind}
          />
        )}
        {record && <RecordTool view={view} />}
        {counter && <Tool label="Pixel counter" onClick={() => setCounting(!counting)} icon={<IconRulerMeasure size={20} />} active={counting} />}
        <Tool label="Level grid" onClick={() => setGrid(!grid)} icon={<IconGridDots size={20} />} active={grid} />
      </Group>
      <LiveView
        ref={ref}
        wish={{
          view: view.index,
          codec: playable.includes(wanted) && !failed ? wanted : "jpeg",
          resolution: resolution === null ? null : comfortable(view.resolutions, PANEL_PIXELS),
        }}
        version={version}
        views={views}
        quadOrder={quadOrder}
        maySteer={steer && maySteer}
        counter={counting}
        grid={grid && kind === "world" ? "world" : grid}
        info={info}
        pad={pad}
        onUnplayable={() => setFailed(true)}
      >
        {children}
      </LiveView>
    </>
  );
}
