import { ActionIcon, Alert, Badge, Box, Button as PlainButton, Group, Modal, ScrollArea, Select, Slider, Stack, Text, Tooltip } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { IconPlayerPause, IconPlayerPlay, IconPlayerSkipBack, IconPlayerSkipForward } from "@tabler/icons-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";

import { saying } from "../api";
import { canDecode } from "../live/decoder";
import { Loading } from "../parts/Loading";
import { COLOURS, WORDS } from "../signed/report";
import { ReportView } from "../signed/ReportView";
import { AbsentNote } from "./AbsentNote";
import { type Detail, recordings, stillOf } from "./calls";
import { RecordingPlayer } from "./player";
import { Still } from "./Still";
import { topicWords } from "./timeline";
import { clock, gapWords } from "./words";

const SPEEDS = ["0.25", "0.5", "1", "2", "4", "8"];
const THUMBNAILS = 8;
const MARKS = 100;

/** A recording in a window of its own: play, jump, step. */
export function Player({ id, title, at = null, onClose }: { id: string; title: string; at?: number | null; onClose(): void }) {
  const detail = useQuery({ queryKey: ["recording", id], queryFn: () => recordings.one(id), staleTime: Infinity });
  return (
    <Modal opened onClose={onClose} title={title} size="xl">
      {detail.data ? <Screen recording={detail.data} from={at} /> : <Loading problem={detail.error?.message ?? null} />}
    </Modal>
  );
}

function Screen({ recording, from }: { recording: Detail; from: number | null }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const player = useRef<RecordingPlayer | null>(null);
  const [at, setAt] = useState(from ?? Date.parse(recording.start));
  const [playing, setPlaying] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [speed, setSpeed] = useState("1");
  const [start, stop] = [Date.parse(recording.start), Math.max(Date.parse(recording.stop), Date.parse(recording.start) + 1)];

  useEffect(() => {
    if (!canvas.current) return;
    const codec = recording.codec === "jpeg" ? "mjpeg" : recording.codec_string;
    const made = new RecordingPlayer(canvas.current, recording, { shown: setAt, playing: setPlaying, ended: () => undefined, problem: setProblem }, from);
    player.current = made;
    void canDecode(codec).then((able) => {
      if (player.current !== made) return;
      if (able) made.play();
      else if (!codec) setProblem("Nothing of it can be read now. Open it again when its storage is back.");
      else setProblem(`This browser does not play ${recording.codec.toUpperCase()}. Export the recording to watch it.`);
    });
    return () => {
      player.current = null;
      made.close();
    };
  }, [recording, from]);

  const toggle = () => (playing ? player.current?.pause() : player.current?.play());
  const keys = (event: KeyboardEvent) => {
    const actions: Record<string, () => void> = {
      " ": () => toggle(),
      ",": () => player.current?.step(-1),
      ".": () => player.current?.step(1),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };
  const marks = useQuery({
    queryKey: ["marks", recording.id],
    queryFn: () => recordings.marks(recording.start, recording.stop, recording.id),
    staleTime: Infinity,
  });
  const gaps = recording.segments.filter(({ began, number }) => number > 0 && gapWords(began) !== null);
  return (
    <Stack gap="xs" onKeyDown={keys}>
      <AbsentNote id={recording.id} />
      {problem && <Alert color="orange">{problem}</Alert>}
      <Box
        component="canvas"
        ref={canvas}
        aria-label="Recording"
        style={{ width: "100%", aspectRatio: `${recording.width} / ${recording.height}`, maxHeight: "60vh", objectFit: "contain", background: "#000" }}
      />
      <Thumbnails recording={recording} onPick={(moment) => player.current?.jump(moment)} />
      <Slider
        thumbLabel="Position"
        min={start}
        max={stop}
        step={40}
        value={Math.min(Math.max(at, start), stop)}
        label={(value) => clock(value, true)}
        marks={[...gaps.map(({ start: moment }) => Date.parse(moment)), ...(marks.data?.marks ?? []).map((mark) => Date.parse(mark.at))].map((value) => ({ value }))}
        onChange={setAt}
        onChangeEnd={(value) => player.current?.jump(value)}
      />
      <Group justify="space-between">
        <Group gap="xs">
          <Button label="Picture back ( , )" icon={<IconPlayerSkipBack size={18} />} onClick={() => player.current?.step(-1)} />
          <Button label={playing ? "Pause (space)" : "Play (space)"} icon={playing ? <IconPlayerPause size={18} /> : <IconPlayerPlay size={18} />} onClick={toggle} />
          <Button label="Picture on ( . )" icon={<IconPlayerSkipForward size={18} />} onClick={() => player.current?.step(1)} />
          <Select
            aria-label="Speed"
            w={92}
            allowDeselect={false}
            data={SPEEDS.map((value) => ({ value, label: `${value} ×` }))}
            value={speed}
            onChange={(value) => {
              setSpeed(value ?? "1");
              player.current?.setSpeed(Number(value ?? 1));
            }}
          />
        </Group>
        <Group gap="xs">
          <Signature id={recording.id} />
          <Text size="sm" style={{ fontVariantNumeric: "tabular-nums" }}>
            {clock(at, true)}
          </Text>
        </Group>
      </Group>
      {marks.data && marks.data.marks.length > 0 && (
        <ScrollArea.Autosize mah={96} aria-label="Events">
          <Group gap={4}>
            {marks.data.marks.slice(0, MARKS).map((mark) => (
              <Tooltip key={`${mark.at} ${mark.topic} ${mark.text}`} label={mark.text || topicWords(mark.topic)}>
                <PlainButton size="compact-xs" variant="light" color="orange" onClick={() => player.current?.jump(Date.parse(mark.at))}>
                  {clock(Date.parse(mark.at))} {topicWords(mark.topic)}
                </PlainButton>
              </Tooltip>
            ))}
          </Group>
        </ScrollArea.Autosize>
      )}
      {gaps.length > 0 && (
        <Text size="sm" c="dimmed">
          {gaps.map(({ start: moment, began }) => `${clock(Date.parse(moment))}: ${gapWords(began)}`).join(" · ")}
        </Text>
      )}
    </Stack>
  );
}

/** Whether the pictures are as the camera signed them; asked for, because a long recording takes a while. */
function Signature({ id }: { id: string }) {
  const check = useMutation({ mutationFn: () => recordings.verify(id) });
  const [open, setOpen] = useState(false);
  if (!check.data) {
    return (
      <Tooltip label={check.error ? saying(check.error) : "Are the pictures as this camera signed them?"}>
        <PlainButton size="xs" variant="default" color={check.error ? "orange" : undefined} loading={check.isPending} onClick={() => check.mutate()}>
          Verify
        </PlainButton>
      </Tooltip>
    );
  }
  return (
    <>
      <Badge component="button" color={COLOURS[check.data.verdict]} style={{ cursor: "pointer" }} onClick={() => setOpen(true)}>
        {WORDS[check.data.verdict]}
      </Badge>
      <Modal opened={open} onClose={() => setOpen(false)} title="Signed video" size="lg">
        <ReportView report={check.data} />
      </Modal>
    </>
  );
}

function Thumbnails({ recording, onPick }: { recording: Detail; onPick(moment: number): void }) {
  const { keys } = recording;
  const count = Math.min(THUMBNAILS, keys.length);
  const picked = Array.from({ length: count }, (_, number) => keys[Math.floor((number * keys.length) / count)] as string);
  return (
    <Group gap={2} wrap="nowrap">
      {picked.map((moment) => (
        <Box
          key={moment}
          component="button"
          type="button"
          aria-label={`Go to ${clock(Date.parse(moment))}`}
          onClick={() => onPick(Date.parse(moment))}
          style={{ padding: 0, border: 0, background: "none", cursor: "pointer", flex: `0 1 ${100 / THUMBNAILS}%`, minWidth: 0 }}
        >
          <Still src={stillOf(recording.id, moment, 160)} alt="" />
        </Box>
      ))}
    </Group>
  );
}

function Button({ label, icon, onClick }: { label: string; icon: React.ReactNode; onClick(): void }) {
  return (
    <Tooltip label={label} openDelay={300}>
      <ActionIcon variant="default" size={36} aria-label={label} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
