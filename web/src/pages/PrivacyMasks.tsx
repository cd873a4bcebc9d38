import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconArrowBackUp, IconCheck, IconPlus, IconSquareRounded, IconX } from "@tabler/icons-react";
import { useEffect, useState } from "react";

import type { View } from "../api";
import { comfortable } from "../live/fit";
import { LivePanel } from "../live/LivePanel";
import { FIRST_AREA_VIEW } from "../live/steering";
import { useViews } from "../live/useCamera";
import { type Mask, masks, type Place, type Point, type Privacy, type Shape } from "../masks/api";
import { HideAll, Look } from "../masks/Look";
import { MaskList } from "../masks/MaskList";
import { MaskOverlay } from "../masks/MaskOverlay";
import { FEWEST, freshName, MOST, square } from "../masks/shapes";
import { type MaskAccess, useMasks } from "../masks/useMasks";
import { usePreview } from "../masks/usePreview";
import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";
import { SideBySide } from "../parts/SideBySide";

const PIXELS = 1_400_000;
const MOVING = [3, 4, 5, 6, 7, 11];

/** What is hidden, drawn in any view. */
export function PrivacyMasks() {
  const { views, problem } = useViews();
  const [index, setIndex] = useState(0);
  const view = views.find((each) => each.index === index && each.available) ?? views.find((each) => each.available);
  const resolution = view ? comfortable(view.resolutions, PIXELS) : null;
  const place = view && resolution ? { view: view.index, resolution } : null;
  const access = useMasks(place, MOVING.includes(index));
  if (!place || !access.privacy) return <Loading problem={problem ?? access.problem} />;
  return (
    <Stack>
      <PageTitle title="Privacy masks">What masks cover is in no stream, snapshot or recording. Draw them in any view; they are right in all of them.</PageTitle>
      <Editor access={access} privacy={access.privacy} place={place} views={views} onView={setIndex} />
    </Stack>
  );
}

interface EditorProps {
  access: MaskAccess;
  privacy: Privacy;
  place: Place;
  views: View[];
  onView(index: number): void;
}

function Editor({ access, privacy, place, views, onView }: EditorProps) {
  const [chosen, setChosen] = useState<number | null>(null);
  const [drawing, setDrawing] = useState<Point[] | null>(null);
  const [removed, setRemoved] = useState<Mask | null>(null);
  const sketch = usePreview(place);

  const draw = (points: Point[] | null) => {
    setDrawing(points);
    sketch.show(points && points.length >= FEWEST ? { corners: points } : null);
  };
  const finish = async () => {
    if (!drawing || drawing.length < FEWEST) return;
    const name = freshName(privacy.masks, privacy.limits.masks);
    const done = await access.act(async () => setChosen((await masks.add(name, { corners: drawing }, place)).id));
    if (done) draw(null);
  };
  const reshape = (mask: Mask, shape: Shape) => void access.act(() => masks.change(mask.id, shape, place));
  const remove = async (mask: Mask) => {
    if (await access.act(() => masks.remove(mask.id))) setRemoved(mask);
  };
  const bringBack = async ({ name, corners, enabled }: Mask) => {
    const again = async () => {
      const { id } = await masks.add(name, { corners });
      if (!enabled) await masks.change(id, { enabled });
    };
    if (await access.act(again)) setRemoved(null);
  };
  const goTo = (mask: Mask) => {
    const moved = views.find((each) => each.index === place.view && each.ptz) ?? views.find((each) => each.ptz);
    const area = moved?.index ?? FIRST_AREA_VIEW;
    void access.act(() => masks.goTo(mask.id, area)).then((done) => done && onView(area));
  };

  useEffect(() => {
    if (!drawing) return;
    const press = (event: KeyboardEvent) => {
      if (event.target instanceof HTMLInputElement) return;
      if (event.key === "Escape") draw(null);
      else if (event.key === "Backspace") draw(drawing.slice(0, -1));
      else if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) void finish();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  });

  const form = (
    <Stack>
      {drawing ? (
        <Drawing points={drawing} problem={sketch.problem} place={place} onPoints={draw} onFinish={() => void finish()} />
      ) : (
        <Group>
          <Button leftSection={<IconPlus size={18} />} disabled={privacy.masks.length >= privacy.limits.masks} onClick={() => draw([])}>
            Add mask
          </Button>
          {privacy.enabled && <HideAll privacy={privacy} access={access} />}
        </Group>
      )}
      {!privacy.enabled && <HideAll privacy={privacy} access={access} />}
      {removed && (
        <Alert color="gray" p="xs" withCloseButton onClose={() => setRemoved(null)} closeButtonLabel="Dismiss">
          <Group justify="space-between">
            <Text size="sm">{removed.name} was removed.</Text>
            <Button size="xs" variant="default" leftSection={<IconArrowBackUp size={16} />} onClick={() => void bringBack(removed)}>
              Undo
            </Button>
          </Group>
        </Alert>
      )}
      <MaskList
        access={access}
        all={privacy.masks}
        chosen={chosen}
        longest={privacy.limits.name}
        onChoose={setChosen}
        onGoTo={goTo}
        onRemove={(mask) => void remove(mask)}
      />
      <Look privacy={privacy} access={access} />
      <Text size="xs" c="dimmed">
        {privacy.masks.length} of {privacy.limits.masks} masks. Each covers up to three sensor pixels more all round than its border shows.
      </Text>
    </Stack>
  );
  const onView_ = (index: number) => {
    draw(null);
    onView(index);
  };
  return (
    <SideBySide
      form={form}
      picture={
        <LivePanel view={place.view} onView={onView_} steer={!drawing} pad={false}>
          <MaskOverlay
            privacy={privacy}
            place={place}
            chosen={chosen}
            drawing={drawing}
            sketch={{ outline: sketch.outline, wrong: sketch.problem !== null }}
            onChoose={setChosen}
            onPoint={(point) => drawing && drawing.length < MOST && draw([...drawing, point])}
            onClose={() => void finish()}
            onShape={reshape}
            onRemove={(mask) => void remove(mask)}
          />
        </LivePanel>
      }
    />
  );
}

interface DrawingProps {
  points: Point[];
  problem: string | null;
  place: Place;
  onPoints(points: Point[] | null): void;
  onFinish(): void;
}

/** What to do next while a mask is being drawn. */
function Drawing({ points, problem, place, onPoints, onFinish }: DrawingProps) {
  const [width = 4, height = 3] = place.resolution.split("x").map(Number);
  const lacking = FEWEST - points.length;
  return (
    <Alert color={problem ? "red" : "blue"} title="Click the corners in the picture" p="sm">
      <Stack gap="xs">
        <Text size="sm" role="status">
          {problem ?? (lacking > 0 ? `${points.length} of at least ${FEWEST} corners.` : `${points.length} corners, at most ${MOST}. Click the first one again to finish.`)}
        </Text>
        <Group gap="xs">
          <Button size="xs" leftSection={<IconCheck size={16} />} disabled={lacking > 0 || problem !== null} onClick={onFinish}>
            Finish
          </Button>
          <Button size="xs" variant="default" leftSection={<IconArrowBackUp size={16} />} disabled={points.length === 0} onClick={() => onPoints(points.slice(0, -1))}>
            Last corner back
          </Button>
          {points.length === 0 && (
            <Button size="xs" variant="default" leftSection={<IconSquareRounded size={16} />} onClick={() => onPoints(square(width, height))}>
              Square in the middle
            </Button>
          )}
          <Button size="xs" variant="default" leftSection={<IconX size={16} />} onClick={() => onPoints(null)}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
