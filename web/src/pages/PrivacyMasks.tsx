import { Button, Group, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";

import type { View } from "../api";
import type { Place } from "../drawn/api";
import { Drawing, Removed } from "../drawn/Drawing";
import { placeIn } from "../drawn/place";
import { ShapeOverlay } from "../drawn/ShapeOverlay";
import { type Act, useDrawn } from "../drawn/useDrawn";
import { useEditor } from "../drawn/useEditor";
import { LivePanel } from "../live/LivePanel";
import { FIRST_AREA_VIEW } from "../live/steering";
import { useViews } from "../live/useCamera";
import { type Mask, masks, type Privacy } from "../masks/api";
import { HideAll, Look } from "../masks/Look";
import { MaskList } from "../masks/MaskList";
import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";
import { SideBySide } from "../parts/SideBySide";

const SOURCE = {
  key: "privacy",
  list: masks.list,
  bare: (data: Privacy): Privacy => ({ ...data, masks: data.masks.map((mask) => ({ ...mask, outline: null })) }),
};

/** What is hidden, drawn in any view. */
export function PrivacyMasks() {
  const { views, problem } = useViews();
  const [index, setIndex] = useState(0);
  const { place, everyMs } = placeIn(views, index);
  const { data, problem: trouble, act } = useDrawn(SOURCE, place, everyMs);
  if (!place || !data) return <Loading problem={problem ?? trouble} />;
  return (
    <Stack>
      <PageTitle title="Privacy masks">What masks cover is in no stream, snapshot or recording. Draw them in any view; they are right in all of them.</PageTitle>
      <Editor act={act} privacy={data} place={place} views={views} onView={setIndex} />
    </Stack>
  );
}

interface EditorProps {
  act: Act;
  privacy: Privacy;
  place: Place;
  views: View[];
  onView(index: number): void;
}

function Editor({ act, privacy, place, views, onView }: EditorProps) {
  const { masks: all, limits, enabled } = privacy;
  const editor = useEditor<Mask>({ word: "Mask", things: all, most: limits.masks, calls: masks, act, place });
  const { drawing, removed } = editor;
  const goTo = (mask: Mask) => {
    const moved = views.find((each) => each.index === place.view && each.ptz) ?? views.find((each) => each.ptz);
    const area = moved?.index ?? FIRST_AREA_VIEW;
    void act(() => masks.goTo(mask.id, area)).then((done) => done && onView(area));
  };

  const form = (
    <Stack>
      {drawing ? (
        <Drawing points={drawing} problem={editor.problem} place={place} onPoints={editor.draw} onFinish={editor.finish} />
      ) : (
        <Group>
          <Button leftSection={<IconPlus size={18} />} disabled={all.length >= limits.masks} onClick={() => editor.draw([])}>
            Add mask
          </Button>
          {enabled && <HideAll privacy={privacy} act={act} />}
        </Group>
      )}
      {!enabled && <HideAll privacy={privacy} act={act} />}
      {removed && <Removed name={removed.name} onUndo={() => editor.bringBack(removed)} onClose={editor.forget} />}
      <MaskList act={act} all={all} chosen={editor.chosen} longest={limits.name} onChoose={editor.choose} onGoTo={goTo} onRemove={editor.remove} />
      <Look privacy={privacy} act={act} />
      <Text size="xs" c="dimmed">
        {all.length} of {limits.masks} masks. Each covers up to three sensor pixels more all round than its border shows, and takes up to 1 % more work for a picture: many masks slow a busy camera.
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
          <ShapeOverlay word="Mask" testId="masks" things={all} shown={(mask) => enabled && mask.enabled} {...editor.overlay} />
        </LivePanel>
      }
    />
  );
}
