import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";

import { type Outline, type Overlay, overlays } from "./calls";
import styles from "./Outlines.module.css";
import { near, positionOf, shifted } from "./place";
import { nameOf } from "./words";

const STEP = 0.01;
/** So long an overlay is shown where it was put, though the camera tells another place: it may have been asked before. */
const SETTLE_MS = 1500;
const ARROWS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const percent = (share: number) => `${100 * share}%`;

interface Props {
  view: number;
  resolution: string;
  items: Overlay[];
  chosen: number | null;
  onChoose(identity: number): void;
  onPlace(identity: number, position: [number, number]): void;
  onDone(): void;
}

/** A frame around each overlay of the live picture: drag it, or move it with the arrow keys. */
export function Outlines({ view, resolution, items, chosen, onChoose, onPlace, onDone }: Props) {
  const query = useQuery({ queryKey: ["outlines", view, resolution], queryFn: () => overlays.outlines(view, resolution), refetchInterval: 2000 });
  const [moving, setMoving] = useState<Outline | null>(null);
  const hold = useRef<{ x: number; y: number; from: Outline; width: number; height: number } | null>(null);
  const moved = useRef(0);
  useEffect(() => {
    const settled = (box: Outline) => query.data?.some((told) => told.identity === box.identity && near(told, box));
    setMoving((box) => (box && (hold.current || (performance.now() - moved.current < SETTLE_MS && !settled(box))) ? box : null));
  }, [query.data]);
  const named = new Map(items.map((item) => [item.identity, item]));

  const grab = (box: Outline) => (event: PointerEvent<HTMLElement>) => {
    event.stopPropagation();
    onChoose(box.identity);
    const stage = event.currentTarget.parentElement;
    hold.current = { x: event.clientX, y: event.clientY, from: box, width: stage?.clientWidth ?? 1, height: stage?.clientHeight ?? 1 };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const pull = (event: PointerEvent) => {
    const held = hold.current;
    if (!held) return;
    event.stopPropagation();
    const [dx, dy] = [(event.clientX - held.x) / held.width, (event.clientY - held.y) / held.height];
    if (!moving && Math.hypot(dx * held.width, dy * held.height) < 4) return;
    const next = shifted(held.from, dx, dy);
    moved.current = performance.now();
    setMoving(next);
    onPlace(next.identity, positionOf(next));
  };
  const release = () => {
    if (hold.current && moving) onDone();
    hold.current = null;
  };
  const press = (box: Outline) => (event: KeyboardEvent) => {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const far = event.shiftKey ? 5 * STEP : STEP;
    const next = shifted(box, step[0] * far, step[1] * far);
    moved.current = performance.now();
    setMoving(next);
    onPlace(next.identity, positionOf(next));
    onDone();
  };

  return (query.data ?? []).map((found) => {
    const box = moving?.identity === found.identity ? moving : found;
    const item = named.get(box.identity);
    return (
      item && (
        <button
          key={box.identity}
          type="button"
          className={`${styles["box"]} ${chosen === box.identity ? styles["chosen"] : ""}`}
          style={{ left: percent(box.x), top: percent(box.y), width: percent(box.width), height: percent(box.height) }}
          aria-label={`${nameOf(item)}. Arrow keys move it.`}
          aria-pressed={chosen === box.identity}
          data-overlay={box.identity}
          onPointerDown={grab(box)}
          onPointerMove={pull}
          onPointerUp={release}
          onPointerCancel={release}
          onDoubleClick={(event) => event.stopPropagation()}
          onKeyDown={press(box)}
          onFocus={() => onChoose(box.identity)}
        />
      )
    );
  });
}
