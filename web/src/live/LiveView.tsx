import { Badge, Loader } from "@mantine/core";
import { useEffect, useImperativeHandle, useRef, useState, type PointerEvent as ReactPointerEvent, type Ref } from "react";

import type { Pose, View } from "../api";
import { LevelGrid } from "../parts/LevelGrid";
import styles from "./LiveView.module.css";
import { type Hello, LivePlayer, type Stats, type Wish } from "./player";
import { areaInQuad, drag, type Field, key, QUAD_VIEW, wheel } from "./steering";

export interface LiveHandle {
  send(message: object): void;
  fullscreen(): void;
}

interface Props {
  wish: Wish;
  views: View[];
  quadOrder: number[];
  maySteer: boolean;
  grid: boolean;
  onStats(stats: Stats): void;
  onLoggedOut(): void;
  ref?: Ref<LiveHandle>;
}

const DEFAULT_HFOV = 90;

/** Where the picture itself lies on the screen: the canvas's box without the bars that keep its shape. */
function pictureBox(canvas: HTMLCanvasElement) {
  const box = canvas.getBoundingClientRect();
  const scale = Math.min(box.width / canvas.width, box.height / canvas.height);
  const [width, height] = [canvas.width * scale, canvas.height * scale];
  return { left: box.left + (box.width - width) / 2, top: box.top + (box.height - height) / 2, width, height };
}

/** The live picture of one view, steered by mouse, touch, wheel and keys where the view can move. */
export function LiveView({ wish, views, quadOrder, maySteer, grid, onStats, onLoggedOut, ref }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const player = useRef<LivePlayer | null>(null);
  const [hello, setHello] = useState<Hello | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const poses = useRef(new Map<number, Pose>());
  const grabbed = useRef<{ view: number; x: number; y: number } | null>(null);
  const handlers = useRef({ onStats, onLoggedOut });
  handlers.current = { onStats, onLoggedOut };

  for (const view of views) if (view.pose && !poses.current.has(view.index)) poses.current.set(view.index, view.pose);

  useEffect(() => {
    if (!canvas.current) return;
    const made = new LivePlayer(canvas.current, wish, {
      hello: setHello,
      pose: (pose) => poses.current.set(pose.view, pose),
      problem: setProblem,
      stats: (stats) => handlers.current.onStats(stats),
      loggedOut: () => handlers.current.onLoggedOut(),
    });
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
  }, [wish.view, wish.codec, wish.resolution]);

  useImperativeHandle(ref, () => ({
    send: (message) => player.current?.send(message),
    fullscreen: () => void (document.fullscreenElement ? document.exitFullscreen() : frame.current?.requestFullscreen()),
  }));

  /** The area under a point, or null where nothing moves. */
  const areaAt = (clientX: number, clientY: number): number | null => {
    if (!maySteer || !canvas.current) return null;
    const box = pictureBox(canvas.current);
    const [x, y] = [(clientX - box.left) / box.width, (clientY - box.top) / box.height];
    if (x < 0 || x > 1 || y < 0 || y > 1) return null;
    if (wish.view === QUAD_VIEW) return areaInQuad(quadOrder, x, y);
    return views.find((view) => view.index === wish.view)?.ptz ? wish.view : null;
  };

  const field = (view: number): Field => {
    const box = canvas.current && pictureBox(canvas.current);
    const half = wish.view === QUAD_VIEW ? 2 : 1;
    const hfov = poses.current.get(view)?.hfov ?? DEFAULT_HFOV;
    return { hfov, width: (box?.width ?? 1) / half, height: (box?.height ?? 1) / half };
  };

  const grab = (event: ReactPointerEvent) => {
    const view = areaAt(event.clientX, event.clientY);
    if (view === null) return;
    grabbed.current = { view, x: event.clientX, y: event.clientY };
    event.currentTarget.setPointerCapture(event.pointerId);
  };

  const pull = (event: ReactPointerEvent) => {
    const hold = grabbed.current;
    if (!hold) return;
    player.current?.send(drag(hold.view, field(hold.view), event.clientX - hold.x, event.clientY - hold.y));
    grabbed.current = { ...hold, x: event.clientX, y: event.clientY };
  };

  // React's own wheel listener is passive, and this one must keep the page from scrolling.
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const turn = (event: WheelEvent) => {
      const view = areaAt(event.clientX, event.clientY);
      if (view === null) return;
      event.preventDefault();
      player.current?.send(wheel(view, event.deltaY));
    };
    element.addEventListener("wheel", turn, { passive: false });
    return () => element.removeEventListener("wheel", turn);
  });

  const areaAtCentre = (): number | null => {
    const box = canvas.current && pictureBox(canvas.current);
    return box ? areaAt(box.left + box.width / 2, box.top + box.height / 2) : null;
  };

  const centre = (event: React.MouseEvent) => {
    const view = areaAt(event.clientX, event.clientY);
    if (view === null || !canvas.current) return;
    const box = pictureBox(canvas.current);
    const [u, v] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    const [x, y] = wish.view === QUAD_VIEW ? [(u * 2) % 1, (v * 2) % 1] : [u, v];
    player.current?.send({ type: "center", view, x, y, aspect: box.width / box.height });
  };

  const press = (event: React.KeyboardEvent) => {
    const view = wish.view === QUAD_VIEW ? areaInQuad(quadOrder, 0, 0) : areaAtCentre();
    const move = view === null ? null : key(view, field(view), event.key);
    if (!move) return;
    event.preventDefault();
    player.current?.send(move);
  };

  const name = views.find((view) => view.index === wish.view)?.name ?? "Live view";
  const steered = maySteer && (wish.view === QUAD_VIEW || views.some((view) => view.index === wish.view && view.ptz));
  return (
    <div className={styles["frame"]} ref={frame}>
      <canvas
        ref={canvas}
        className={`${styles["picture"]} ${steered ? styles["steered"] : ""}`}
        data-testid="live"
        tabIndex={0}
        role="img"
        aria-label={steered ? `${name}, live. Arrow keys turn, plus and minus zoom, Home goes back.` : `${name}, live`}
        onPointerDown={grab}
        onPointerMove={pull}
        onPointerUp={() => (grabbed.current = null)}
        onPointerCancel={() => (grabbed.current = null)}
        onDoubleClick={centre}
        onKeyDown={press}
      />
      {grid && <LevelGrid />}
      {!hello && !problem && <Loader className={styles["note"]} aria-label="Waiting for the first picture" />}
      {problem && (
        <Badge className={styles["note"]} size="lg" color="orange" variant="filled" tt="none" role="status">
          {problem}
        </Badge>
      )}
    </div>
  );
}
