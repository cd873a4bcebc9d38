import { Alert, Button, Loader, Text } from "@mantine/core";
import { useElementSize, useMergedRef } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconPlayerPlayFilled } from "@tabler/icons-react";
import { type ReactNode, type Ref, useEffect, useImperativeHandle, useRef, useState } from "react";

import type { Pose, View } from "../api";
import { LevelGrid } from "../parts/LevelGrid";
import { WorldGrid } from "../parts/WorldGrid";
import { useSession } from "../session";
import { fitted, ratioOf, type Size } from "./fit";
import styles from "./LiveView.module.css";
import { PixelCounter } from "./PixelCounter";
import { type Hello, LivePlayer, type PlayerEvents, type Stats, type Wish } from "./player";
import { PtzPad } from "./PtzPad";
import { StreamInfo } from "./StreamInfo";
import { useSteering } from "./useSteering";

export interface LiveHandle {
  fullscreen(): void;
  /** Where an area looks, as far as this page knows. */
  pose(area: number): Pose | null;
}

interface Props {
  wish: Wish;
  /** Asks for the stream anew when it changes: the defaults behind it have changed. */
  version?: string;
  views: View[];
  quadOrder: number[];
  maySteer?: boolean;
  /** Straight lines, or those of the world as the view bends them. */
  grid?: boolean | "world";
  counter?: boolean;
  info?: boolean;
  pad?: boolean;
  /** False: the stream is stopped, and its last picture stays. */
  playing?: boolean;
  /** Offers to begin where nothing has been played yet. */
  onPlay?(): void;
  /** One pixel of the stream on one pixel of the screen. */
  actualSize?: boolean;
  onUnplayable?(codec: string): void;
  /** Drawn over the picture, which it fills. */
  children?: ReactNode;
  ref?: Ref<LiveHandle>;
}

/** The live picture of one view, steered by mouse, touch, wheel and keys where the view can move. */
export function LiveView({ wish, version = "", views, quadOrder, maySteer = false, grid, counter, info, pad, playing = true, onPlay, actualSize, onUnplayable, children, ref }: Props) {
  const { ended, check } = useSession();
  const canvas = useRef<HTMLCanvasElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const { ref: measured, width, height } = useElementSize<HTMLDivElement>();
  const frameRef = useMergedRef(frame, measured);
  const player = useRef<LivePlayer | null>(null);
  const [drawn, setDrawn] = useState<Hello | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [stats, setStats] = useState<Stats | null>(null);
  const steering = useSteering({ stage, view: wish.view, views, quadOrder, allowed: maySteer, send: (message) => void player.current?.send(message) });

  const handlers = useRef({ ended, check, onUnplayable, notePose: steering.notePose });
  handlers.current = { ended, check, onUnplayable, notePose: steering.notePose };

  useEffect(() => {
    if (!canvas.current) return;
    const events: PlayerEvents = {
      drawn: setDrawn,
      pose: (pose) => handlers.current.notePose(pose),
      problem: setProblem,
      refused: (message) => notifications.show({ message, color: "orange" }),
      stats: setStats,
      lost: () => handlers.current.check(),
      loggedOut: () => handlers.current.ended(),
      unplayable: (codec) => handlers.current.onUnplayable?.(codec),
    };
    const made = new LivePlayer(canvas.current, wish, events, !playing);
    player.current = made;
    return () => {
      player.current = null;
      made.close();
    };
    // The player lives as long as the page; a new wish is told to it below.
  }, []);

  const first = useRef(true);
  useEffect(() => {
    if (first.current) first.current = false;
    else player.current?.watch(wish);
  }, [wish.view, wish.codec, wish.resolution, version]);

  useEffect(() => player.current?.play(playing), [playing]);

  useImperativeHandle(ref, () => ({
    fullscreen: () => void (document.fullscreenElement ? document.exitFullscreen() : frame.current?.requestFullscreen()),
    pose: steering.pose,
  }));

  const picture: Size = drawn ?? ratioOf(wish.resolution);
  const size = actualSize && drawn ? { width: drawn.width / devicePixelRatio, height: drawn.height / devicePixelRatio } : fitted(picture, { width, height });
  const name = views.find((view) => view.index === wish.view)?.name ?? "Live view";
  const steered = steering.active !== null;
  return (
    <div className={`${styles["frame"]} ${actualSize ? styles["scrolling"] : ""}`} ref={frameRef} data-testid="frame">
      <div
        ref={stage}
        className={`${styles["stage"]} ${steered ? styles["steered"] : ""}`}
        style={size}
        tabIndex={0}
        role="application"
        aria-label={steered ? `${name}, live. Arrow keys turn, plus and minus zoom, Home goes back.` : `${name}, live`}
        {...steering.hands}
      >
        <canvas ref={canvas} className={styles["picture"]} data-testid="live" data-view={drawn?.view} data-codec={drawn?.codec} />
        {children}
        {steering.activeTile !== null && (
          <div className={styles["tile"]} style={{ left: steering.activeTile % 2 ? "50%" : 0, top: steering.activeTile > 1 ? "50%" : 0 }} />
        )}
        {grid === true && <LevelGrid />}
        {grid === "world" && drawn && <WorldGrid view={drawn.view} width={drawn.width} height={drawn.height} />}
        {counter && <PixelCounter size={picture} />}
      </div>
      {!drawn && !playing && onPlay && (
        <div className={styles["centred"]}>
          <Button size="lg" leftSection={<IconPlayerPlayFilled />} onClick={onPlay}>
            Play
          </Button>
        </div>
      )}
      {!drawn && !problem && playing && <Loader className={styles["centred"]} aria-label="Waiting for the first picture" />}
      {info && <StreamInfo stats={stats} />}
      {pad && steered && <PtzPad steer={steering.steer} drive={steering.drive} held={steering.held} why={steering.why} />}
      {steered && steering.why && (
        <Text size="xs" className={`${styles["glass"]} ${styles["held"]}`} role="note">
          {steering.why}
        </Text>
      )}
      {problem && (
        <Alert className={styles["problem"]} color="orange" variant="filled" p="xs" icon={<IconAlertTriangle />} role="status">
          {problem}
        </Alert>
      )}
    </div>
  );
}
