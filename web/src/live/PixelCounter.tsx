import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";

import type { Size } from "./fit";
import styles from "./PixelCounter.module.css";
import { central, type Grip, moved, type Rectangle, resized, scaled } from "./rectangle";

const GRIPS: (Grip & { cursor: string })[] = [
  { across: -1, down: -1, cursor: "nwse-resize" },
  { across: 0, down: -1, cursor: "ns-resize" },
  { across: 1, down: -1, cursor: "nesw-resize" },
  { across: -1, down: 0, cursor: "ew-resize" },
  { across: 1, down: 0, cursor: "ew-resize" },
  { across: -1, down: 1, cursor: "nesw-resize" },
  { across: 0, down: 1, cursor: "ns-resize" },
  { across: 1, down: 1, cursor: "nwse-resize" },
];

const ARROWS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const percent = (part: number, whole: number) => `${(100 * part) / whole}%`;

/** A rectangle over the live view that says how many pixels of the stream its sides have. */
export function PixelCounter({ size }: { size: Size }) {
  const [box, setBox] = useState<Rectangle>(() => central(size));
  const before = useRef(size);
  const hold = useRef<{ x: number; y: number; from: Rectangle; grip: Grip | null; scale: number } | null>(null);
  const { width, height } = size;

  useEffect(() => {
    const old = before.current;
    before.current = { width, height };
    if (old.width !== width || old.height !== height) setBox((now) => scaled(now, old, { width, height }));
  }, [width, height]);

  const grab = (grip: Grip | null) => (event: PointerEvent<HTMLElement>) => {
    event.stopPropagation();
    const shown = event.currentTarget.closest("[role=application]")?.clientWidth ?? width;
    hold.current = { x: event.clientX, y: event.clientY, from: box, grip, scale: width / shown };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const pull = (event: PointerEvent) => {
    const held = hold.current;
    if (!held) return;
    event.stopPropagation();
    const [dx, dy] = [(event.clientX - held.x) * held.scale, (event.clientY - held.y) * held.scale];
    setBox(held.grip ? resized(held.from, held.grip, dx, dy, size) : moved(held.from, dx, dy, size));
  };
  const release = () => (hold.current = null);
  const press = (event: KeyboardEvent) => {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const [dx, dy] = step;
    setBox(event.shiftKey ? resized(box, { across: 1, down: 1 }, dx, dy, size) : moved(box, dx, dy, size));
  };

  return (
    <div
      className={styles["box"]}
      style={{ left: percent(box.x, width), top: percent(box.y, height), width: percent(box.width, width), height: percent(box.height, height) }}
      tabIndex={0}
      role="group"
      aria-label={`Pixel counter: ${box.width} by ${box.height} pixels. Arrow keys move, with Shift they resize.`}
      data-testid="pixel-counter"
      onPointerDown={grab(null)}
      onPointerMove={pull}
      onPointerUp={release}
      onPointerCancel={release}
      onDoubleClick={(event) => event.stopPropagation()}
      onKeyDown={press}
    >
      <span className={`${styles["label"]} ${box.y < height / 10 ? styles["below"] : ""}`}>
        {box.width} × {box.height} px
      </span>
      {GRIPS.map((grip) => (
        <span
          key={`${grip.across}${grip.down}`}
          className={styles["grip"]}
          style={{ left: percent(grip.across + 1, 2), top: percent(grip.down + 1, 2), cursor: grip.cursor }}
          data-grip={`${grip.across},${grip.down}`}
          onPointerDown={grab(grip)}
          onPointerMove={pull}
          onPointerUp={release}
          onPointerCancel={release}
        />
      ))}
    </div>
  );
}
