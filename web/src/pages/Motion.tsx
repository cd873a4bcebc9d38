import { Button, Group, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";

import type { Place } from "../drawn/api";
import { Drawing, Removed } from "../drawn/Drawing";
import { placeIn } from "../drawn/place";
import { ShapeOverlay } from "../drawn/ShapeOverlay";
import { type Act, useDrawn } from "../drawn/useDrawn";
import { useEditor } from "../drawn/useEditor";
import { LivePanel } from "../live/LivePanel";
import { useViews } from "../live/useCamera";
import { AreaList } from "../motion/AreaList";
import { motion, type Motion as Areas, type MotionArea } from "../motion/api";
import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";
import { SideBySide } from "../parts/SideBySide";

/** Motion comes and goes. */
const OFTEN_MS = 500;

const SOURCE = {
  key: "motion",
  list: motion.list,
  bare: (data: Areas): Areas => ({ ...data, areas: data.areas.map((area) => ({ ...area, outline: null })) }),
};

/** Where motion is an event, drawn in any view, and where there is motion now. */
export function Motion() {
  const { views, problem } = useViews();
  const [index, setIndex] = useState(0);
  const { place } = placeIn(views, index);
  const { data, problem: trouble, act } = useDrawn(SOURCE, place, OFTEN_MS);
  if (!place || !data) return <Loading problem={problem ?? trouble} />;
  return (
    <Stack>
      <PageTitle title="Motion">
        Areas in which motion is an event: rules start on it, clients hear of it, a gatekeeper turns a view area to it. An area lights up while something moves in it.
      </PageTitle>
      <Editor act={act} data={data} place={place} onView={setIndex} />
    </Stack>
  );
}

function Editor({ act, data, place, onView }: { act: Act; data: Areas; place: Place; onView(index: number): void }) {
  const { areas, limits } = data;
  const tuning = ({ sensitivity, size, hold }: MotionArea) => ({ sensitivity, size, hold });
  const editor = useEditor<MotionArea>({ word: "Area", things: areas, most: limits.areas, calls: motion, act, place, more: tuning });
  const { drawing, removed } = editor;
  const form = (
    <Stack>
      {drawing ? (
        <Drawing points={drawing} problem={editor.problem} place={place} onPoints={editor.draw} onFinish={editor.finish} />
      ) : (
        <Group>
          <Button leftSection={<IconPlus size={18} />} disabled={areas.length >= limits.areas} onClick={() => editor.draw([])}>
            Add area
          </Button>
        </Group>
      )}
      {removed && <Removed name={removed.name} onUndo={() => editor.bringBack(removed)} onClose={editor.forget} />}
      <AreaList act={act} all={areas} limits={limits} chosen={editor.chosen} onChoose={editor.choose} onRemove={editor.remove} />
      <Text size="xs" c="dimmed">
        {areas.length} of {limits.areas} areas. Noise and light that changes are not motion; shadows, screens and leaves are. What privacy masks hide is not looked at.
      </Text>
    </Stack>
  );
  const choose = (index: number) => {
    editor.draw(null);
    onView(index);
  };
  return (
    <SideBySide
      form={form}
      picture={
        <LivePanel view={place.view} onView={choose} steer={!drawing} pad={false}>
          <ShapeOverlay word="Area" testId="motion-areas" things={areas} shown={({ enabled }) => enabled} lit={({ active }) => active} {...editor.overlay} />
        </LivePanel>
      }
    />
  );
}
