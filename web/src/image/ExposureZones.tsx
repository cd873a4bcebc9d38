import { type KeyboardEvent, type PointerEvent, useRef } from "react";

import type { Grip } from "../live/rectangle";
import styles from "./ExposureZones.module.css";
import { changed, unrolled, type Zone } from "./zones";

const GRIPS: Grip[] = [
  { across: -1, down: -1 },
  { across: 1, down: -1 },
  { across: -1, down: 1 },
  { across: 1, down: 1 },
];

const ARROWS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP = 0.01;

interface Props {
  zones: Zone[];
  /** Degrees by which the overview is shown turned. */
  roll: number;
  disabled: boolean;
  /** What they are for, and how each is marked in the picture. */
  name?: string;
  mark?(index: number): string;
  className?: string | undefined;
  onChange(zones: Zone[]): void;
  onDone(): void;
}

const numbered = (index: number) => String(index + 1);

/** Zones over the overview in which it is measured, to be dragged, pulled by their corners, or moved by the arrow keys (with Shift: resized). */
export function ExposureZones({ zones, roll, disabled, name = "Exposure zone", mark = numbered, className, onChange, onDone }: Props) {
  const area = useRef<HTMLDivElement>(null);
  const hold = useRef<{ x: number; y: number; from: Zone; index: number; grip: Grip | null } | null>(null);
  const put = (index: number, zone: Zone | null) => zone && onChange(zones.map((each, other) => (other === index ? zone : each)));

  const grab = (index: number, grip: Grip | null) => (event: PointerEvent<HTMLElement>) => {
    const from = zones[index];
    if (disabled || !from) return;
    event.stopPropagation();
    hold.current = { x: event.clientX, y: event.clientY, from, index, grip };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const pull = (event: PointerEvent) => {
    const held = hold.current;
    const side = area.current?.clientWidth;
    if (!held || !side) return;
    event.stopPropagation();
    const [dx, dy] = unrolled((event.clientX - held.x) / side, (event.clientY - held.y) / side, roll);
    put(held.index, changed(held.from, held.grip, dx, dy));
  };
  const release = () => {
    if (!hold.current) return;
    hold.current = null;
    onDone();
  };
  const press = (index: number) => (event: KeyboardEvent) => {
    const zone = zones[index];
    const way = ARROWS[event.key];
    if (disabled || !zone || (!way && event.key !== "Delete")) return;
    event.preventDefault();
    event.stopPropagation();
    if (!way) {
      onChange(zones.filter((_, other) => other !== index));
    } else {
      const [dx, dy] = unrolled(way[0] * STEP, way[1] * STEP, roll);
      put(index, changed(zone, event.shiftKey ? { across: 1, down: 1 } : null, dx, dy));
    }
    onDone();
  };

  return (
    <div ref={area} className={styles["turned"]} style={{ transform: `rotate(${roll}deg)` }} data-testid="exposure-zones">
      {zones.map((zone, index) => (
        <div
          key={index}
          className={`${styles["zone"]} ${className ?? ""}`}
          style={{
            left: `${zone.left * 100}%`,
            top: `${zone.top * 100}%`,
            width: `${(zone.right - zone.left) * 100}%`,
            height: `${(zone.bottom - zone.top) * 100}%`,
          }}
          tabIndex={disabled ? -1 : 0}
          role="group"
          aria-label={`${name} ${index + 1}. Arrow keys move it, with Shift they resize it, Delete removes it.`}
          onPointerDown={grab(index, null)}
          onPointerMove={pull}
          onPointerUp={release}
          onPointerCancel={release}
          onDoubleClick={(event) => event.stopPropagation()}
          onKeyDown={press(index)}
        >
          <span className={styles["number"]}>{mark(index)}</span>
          {!disabled &&
            GRIPS.map((grip) => (
              <span
                key={`${grip.across}${grip.down}`}
                className={styles["grip"]}
                style={{
                  left: `${50 * (grip.across + 1)}%`,
                  top: `${50 * (grip.down + 1)}%`,
                  cursor: grip.across === grip.down ? "nwse-resize" : "nesw-resize",
                }}
                data-grip={`${grip.across},${grip.down}`}
                onPointerDown={grab(index, grip)}
                onPointerMove={pull}
                onPointerUp={release}
                onPointerCancel={release}
              />
            ))}
        </div>
      ))}
    </div>
  );
}
