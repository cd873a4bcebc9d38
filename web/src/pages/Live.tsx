import { Alert, Box, Group, Select, Stack, Text } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconArrowsMove, IconCamera, IconGridDots, IconInfoCircle, IconMaximize, IconPlayerPause, IconPlayerPlay, IconPlayerTrackNext, IconRulerMeasure, IconZoomScan } from "@tabler/icons-react";
import { useRef, useState } from "react";

import { saying } from "../api";
import { comfortable } from "../live/fit";
import { FormatChoice } from "../live/FormatChoice";
import { type LiveHandle, LiveView } from "../live/LiveView";
import { OutputButtons } from "../live/OutputButtons";
import { PresetChoice } from "../live/PresetChoice";
import { saveSnapshot } from "../live/snapshot";
import { useFormats, useViews } from "../live/useCamera";
import { ViewChooser } from "../live/ViewChooser";
import { Tool } from "../parts/Tool";
import { RecordTool } from "../recordings/RecordTool";
import { useSession } from "../session";

const SIZE = 20;

/** Watch any view live, choose codec and resolution, steer the view areas, measure, save a picture. */
export function Live() {
  const { me } = useSession();
  const { views, quadOrder, maySteer, problem } = useViews();
  const formats = useFormats();
  const [viewIndex, setViewIndex] = useLocalStorage({ key: "view", defaultValue: 4, getInitialValueInEffect: false });
  const [codec, setCodec] = useLocalStorage({ key: "codec", defaultValue: "h264", getInitialValueInEffect: false });
  const [info, setInfo] = useLocalStorage({ key: "info", defaultValue: false, getInitialValueInEffect: false });
  const [pad, setPad] = useLocalStorage({ key: "pad", defaultValue: true, getInitialValueInEffect: false });
  const [autoplay, setAutoplay] = useLocalStorage({ key: "autoplay", defaultValue: true, getInitialValueInEffect: false });
  const [begun, setBegun] = useState(autoplay);
  const [resolutions, setResolutions] = useState<Record<number, string>>({});
  const [failed, setFailed] = useState<string[]>([]);
  const [grid, setGrid] = useState(false);
  const [counter, setCounter] = useState(false);
  const [actualSize, setActualSize] = useState(false);
  const [saving, setSaving] = useState(false);
  const [stopped, setStopped] = useState<string | null>(null);
  const live = useRef<LiveHandle>(null);

  const playable = formats.playable.filter((each) => !failed.includes(each));
  const view = views.find((each) => each.index === viewIndex && each.available) ?? views.find((each) => each.available);
  if (problem) return <Alert color="red">{problem}</Alert>;
  if (!view || playable.length === 0) return <Text p="md">Looking at the camera's views…</Text>;

  const chosenCodec = playable.includes(codec) ? codec : "jpeg";
  const chosen = resolutions[view.index];
  const resolution = chosen && view.resolutions.includes(chosen) ? chosen : comfortable(view.resolutions);

  const watched = `${view.index} ${chosenCodec} ${resolution}`;
  const playing = begun && stopped !== watched; // what is chosen next plays
  const play = () => {
    setBegun(true);
    setStopped(null);
  };

  const save = async () => {
    setSaving(true);
    try {
      notifications.show({ message: `Saved ${await saveSnapshot(view, resolution)}`, color: "teal" });
    } catch (error) {
      notifications.show({ message: saying(error), color: "red" });
    } finally {
      setSaving(false);
    }
  };

  return (
    <Stack gap="xs" flex={1} mih={0}>
      <Group gap="xs" wrap="wrap">
        <ViewChooser views={views} chosen={view} onChoose={setViewIndex} />
        <Select
          aria-label="Resolution"
          data={view.resolutions.map((size) => ({ value: size, label: size.replace("x", " × ") }))}
          value={resolution}
          onChange={(value) => value && setResolutions({ ...resolutions, [view.index]: value })}
          allowDeselect={false}
          maxDropdownHeight={360}
          w={140}
        />
        {maySteer && <PresetChoice view={view} />}
        <FormatChoice formats={{ ...formats, playable }} value={chosenCodec} onChange={setCodec} />
        <Box flex={1} visibleFrom="sm" />
        <Group gap={6}>
          <Tool
            label={playing ? "Stop the picture" : "Play"}
            onClick={playing ? () => setStopped(watched) : play}
            icon={playing ? <IconPlayerPause size={SIZE} /> : <IconPlayerPlay size={SIZE} />}
            active={!playing}
          />
          <Tool label="Autoplay" onClick={() => setAutoplay(!autoplay)} icon={<IconPlayerTrackNext size={SIZE} />} active={autoplay} />
          <RecordTool view={view} />
          {maySteer && <Tool label="Pan, tilt and zoom buttons" onClick={() => setPad(!pad)} icon={<IconArrowsMove size={SIZE} />} active={pad} />}
          <Tool label="Level grid" onClick={() => setGrid(!grid)} icon={<IconGridDots size={SIZE} />} active={grid} />
          <Tool label="Pixel counter" onClick={() => setCounter(!counter)} icon={<IconRulerMeasure size={SIZE} />} active={counter} />
          <Tool label="Stream information" onClick={() => setInfo(!info)} icon={<IconInfoCircle size={SIZE} />} active={info} />
          <Tool label="Actual size (1:1)" onClick={() => setActualSize(!actualSize)} icon={<IconZoomScan size={SIZE} />} active={actualSize} />
          <Tool label="Save a snapshot" onClick={() => void save()} icon={<IconCamera size={SIZE} />} loading={saving} />
          <Tool label="Full screen" onClick={() => live.current?.fullscreen()} icon={<IconMaximize size={SIZE} />} />
        </Group>
      </Group>
      {(me?.role === "operator" || me?.role === "administrator") && <OutputButtons />}
      {failed.length > 0 && (
        <Alert color="orange" p="xs" withCloseButton onClose={() => setFailed([])}>
          This browser failed to decode {failed.join(" and ").toUpperCase()}, so MJPEG is shown.
        </Alert>
      )}
      {formats.limited && (
        <Text size="xs" c="dimmed" data-testid="limited">
          {formats.limited}
        </Text>
      )}
      <LiveView
        ref={live}
        wish={{ view: view.index, codec: chosenCodec, resolution }}
        views={views}
        quadOrder={quadOrder}
        maySteer={maySteer}
        grid={grid}
        counter={counter}
        info={info}
        pad={pad && begun}
        playing={playing}
        onPlay={play}
        actualSize={actualSize}
        onUnplayable={(each) => setFailed((all) => [...new Set([...all, each])])}
      />
    </Stack>
  );
}
