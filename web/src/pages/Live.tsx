import { ActionIcon, Box, Group, SegmentedControl, Select, Stack, Text, Tooltip } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconCamera, IconGridDots, IconHome, IconMaximize, IconZoomIn, IconZoomOut } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { api } from "../api";
import { canDecode } from "../live/decoder";
import { type LiveHandle, LiveView } from "../live/LiveView";
import type { Stats } from "../live/player";
import { useSession } from "../session";

/** Codec strings by which the browser is asked what it can decode before any stream is opened. */
const CODECS = [
  { value: "h264", label: "H.264", probe: "avc1.640033" },
  { value: "av1", label: "AV1", probe: "av01.0.12M.08" },
  { value: "jpeg", label: "MJPEG", probe: "mjpeg" },
];

/** A resolution that suits this screen: the largest in the list of at most that many pixels. */
const COMFORTABLE_PIXELS = 1_600_000;

function comfortable(resolutions: string[]): string | null {
  const pixels = (size: string) => size.split("x").reduce((product, side) => product * Number(side), 1);
  return resolutions.find((size) => pixels(size) <= COMFORTABLE_PIXELS) ?? resolutions.at(-1) ?? null;
}

/** Watch any view live, choose codec and resolution, steer the view areas. */
export function Live() {
  const { me, leave } = useSession();
  const views = useQuery({ queryKey: ["views"], queryFn: api.views, refetchInterval: 15_000 });
  const settings = useQuery({ queryKey: ["settings"], queryFn: api.settings, enabled: me !== null });
  const [viewIndex, setViewIndex] = useLocalStorage({ key: "view", defaultValue: 4 });
  const [codec, setCodec] = useLocalStorage({ key: "codec", defaultValue: "h264" });
  const [resolutions, setResolutions] = useState<Record<number, string>>({});
  const [playable, setPlayable] = useState<string[] | null>(null);
  const [grid, setGrid] = useState(false);
  const [stats, setStats] = useState<Stats | null>(null);
  const live = useRef<LiveHandle>(null);

  useEffect(() => {
    void Promise.all(CODECS.map(async ({ value, probe }) => ((await canDecode(probe)) ? value : null))).then((found) =>
      setPlayable(found.filter((value) => value !== null)),
    );
  }, []);

  const offered = (views.data ?? []).filter((view) => view.available);
  const view = offered.find((each) => each.index === viewIndex) ?? offered[0];
  if (!view || !playable) return <Text p="md">{views.error ? views.error.message : "Looking at the camera's views…"}</Text>;

  const chosenCodec = playable.includes(codec) ? codec : "jpeg";
  const resolution = resolutions[view.index] ?? comfortable(view.resolutions);
  const maySteer = me !== null && (me.ptz || me.role === "administrator" || me.role === "operator");
  const quadOrder = (settings.data?.values["installation.quad_order"] as number[] | undefined) ?? [1, 2, 3, 4];
  const snapshot = `/axis-cgi/jpg/image.cgi?camera=${view.camera}${resolution ? `&resolution=${resolution}` : ""}`;

  const save = () => {
    const link = document.createElement("a");
    link.href = snapshot;
    link.download = `${view.name.replaceAll(" ", "-").toLowerCase()}_${new Date().toISOString().replaceAll(/[:.]/g, "-")}.jpg`;
    link.click();
  };

  return (
    <Stack gap="xs" h="100%" mih={0}>
      <Group gap="xs" wrap="wrap">
        <Select
          aria-label="View"
          data={offered.map((each) => ({ value: String(each.index), label: each.name }))}
          value={String(view.index)}
          onChange={(value) => value !== null && setViewIndex(Number(value))}
          allowDeselect={false}
          w={180}
          data-testid="view"
        />
        <SegmentedControl
          aria-label="Video format"
          data={CODECS.map(({ value, label }) => ({ value, label, disabled: !playable.includes(value) }))}
          value={chosenCodec}
          onChange={setCodec}
        />
        <Select
          aria-label="Resolution"
          data={view.resolutions}
          value={resolution}
          onChange={(value) => value && setResolutions({ ...resolutions, [view.index]: value })}
          allowDeselect={false}
          w={140}
        />
        <Box flex={1} />
        {view.ptz && maySteer && (
          <>
            <Tool label="Zoom out" onClick={() => live.current?.send({ type: "move", view: view.index, zoom: 1 / 1.3 })} icon={<IconZoomOut />} />
            <Tool label="Zoom in" onClick={() => live.current?.send({ type: "move", view: view.index, zoom: 1.3 })} icon={<IconZoomIn />} />
            <Tool label="Home position" onClick={() => live.current?.send({ type: "home", view: view.index })} icon={<IconHome />} />
          </>
        )}
        <Tool label="Level grid" onClick={() => setGrid(!grid)} icon={<IconGridDots />} active={grid} />
        <Tool label="Save a snapshot" onClick={save} icon={<IconCamera />} />
        <Tool label="Full screen" onClick={() => live.current?.fullscreen()} icon={<IconMaximize />} />
      </Group>
      <LiveView
        ref={live}
        wish={{ view: view.index, codec: chosenCodec, resolution }}
        views={offered}
        quadOrder={quadOrder}
        maySteer={maySteer}
        grid={grid}
        onStats={setStats}
        onLoggedOut={leave}
      />
      <Text size="xs" c="dimmed" data-testid="stats">
        {stats
          ? `${stats.width}×${stats.height} · ${stats.codec.toUpperCase()} · ${stats.fps.toFixed(0)} fps · ${(stats.kbps / 1000).toFixed(1)} Mbit/s · ${stats.cameraDelay.toFixed(0)} ms in the camera · ${stats.dropped} dropped`
          : "Waiting for the first picture"}
      </Text>
    </Stack>
  );
}

function Tool({ label, onClick, icon, active = false }: { label: string; onClick(): void; icon: React.ReactNode; active?: boolean }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant={active ? "filled" : "default"} size="lg" aria-label={label} aria-pressed={active} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
