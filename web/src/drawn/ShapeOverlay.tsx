import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";

import type { Outline, Place, Point, Shape, Thing } from "./api";
import styles from "./ShapeOverlay.module.css";
import { closed, closes, hold, path, step } from "./shapes";
import { reshaped, Steps } from "./steps";
import { type Ask, usePreview } from "./usePreview";

interface Props<T extends Thing> {
  /** What one of them is called, and for tests all of them. */
  word: string;
  testId: string;
  things: T[];
  /** Whether it is in force. */
  shown(thing: T): boolean;
  /** Whether it is lit up. */
  lit?(thing: T): boolean;
  preview: Ask;
  place: Place;
  chosen: number | null;
  /** Corners of what is being drawn; null when none is. */
  drawing: Point[] | null;
  /** The camera's outline of what is being drawn, and whether it cannot be. */
  sketch: { outline: Outline | null; wrong: boolean };
  onChoose(id: number): void;
  onPoint(point: Point): void;
  onClose(): void;
  /** Change it; gives what the camera has made of it, null if it was refused. */
  onShape(thing: T, shape: Shape): Promise<T | null>;
  onRemove(thing: T): void;
}

/** What a finger or the mouse has hold of. */
interface Grip<T> {
  thing: T;
  /** Null: the whole of it. */
  corner: number | null;
  from: Point;
}

const REACH_CSS = 13;

/** The borders of all that is drawn over the live picture, and hands to move them. */
export function ShapeOverlay<T extends Thing>({ word, testId, things, place, chosen, drawing, sketch, ...rest }: Props<T>) {
  const { shown, lit, preview: ask, onChoose, onPoint, onClose, onShape, onRemove } = rest;
  const svg = useRef<SVGSVGElement>(null);
  const grip = useRef<Grip<T> | null>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  const preview = usePreview(place, ask);
  const [width = 4, height = 3] = place.resolution.split("x").map(Number);

  const box = () => svg.current?.getBoundingClientRect();
  const scale = () => width / (box()?.width || width);
  const at = (event: { clientX: number; clientY: number }): Point => {
    const frame = box();
    if (!frame) return { x: 0, y: 0 };
    const inside = (value: number, most: number) => Math.min(Math.max(value, 0), most - 1);
    return { x: inside(((event.clientX - frame.left) / frame.width) * width, width), y: inside(((event.clientY - frame.top) / frame.height) * height, height) };
  };
  const shapeOf = ({ thing, corner, from }: Grip<T>, to: Point): Shape => reshaped(thing, corner, from, to);

  const now = useRef({ things, onShape });
  now.current = { things, onShape };
  const [steps] = useState(
    () =>
      new Steps<T>(
        (id) => now.current.things.find((thing) => thing.id === id),
        (thing, shape) => now.current.onShape(thing, shape),
      ),
  );
  useEffect(() => steps.renewed(), [steps, things]);

  const grab = (thing: T, corner: number | null) => (event: PointerEvent<SVGElement>) => {
    if (drawing || event.button !== 0) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    grip.current = { thing, corner, from: at(event) };
    onChoose(thing.id);
  };
  const drag = (event: PointerEvent<SVGElement>) => {
    if (!grip.current) return;
    event.stopPropagation();
    setDragged(grip.current.thing.id);
    preview.show(shapeOf(grip.current, at(event)));
  };
  const drop = (event: PointerEvent<SVGElement>) => {
    const held = grip.current;
    if (!held) return;
    event.stopPropagation();
    grip.current = null;
    if (dragged !== null && event.type !== "pointercancel") void onShape(held.thing, shapeOf(held, at(event)));
    setDragged(null);
    preview.show(null);
  };
  const hands = (thing: T, corner: number | null) => ({ onPointerDown: grab(thing, corner), onPointerMove: drag, onPointerUp: drop, onPointerCancel: drop });

  const press = (thing: T, corner: number | null, copy = 0) => (event: KeyboardEvent<SVGElement>) => {
    if (event.key === "Delete") onRemove(thing);
    const by = step(event.key, event.shiftKey);
    if (!by && event.key !== "Delete") return;
    event.preventDefault();
    event.stopPropagation();
    if (by) steps.add({ id: thing.id, corner, copy, by });
  };

  const point = (event: PointerEvent<SVGSVGElement>) => {
    if (!drawing || event.button !== 0) return;
    event.stopPropagation();
    const here = at(event);
    if (closes(drawing, here, REACH_CSS * scale())) onClose();
    else onPoint(here);
  };

  const radius = 5 * scale();
  return (
    <svg
      ref={svg}
      className={`${styles["stage"]} ${drawing ? styles["drawing"] : ""}`}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      data-testid={testId}
      onPointerDown={point}
      onDoubleClick={(event) => drawing && event.stopPropagation()}
    >
      {things.map((thing) => {
        const outline = dragged === thing.id ? (preview.outline ?? thing.outline) : thing.outline;
        if (!outline) return null;
        const middle = hold(outline);
        const names = [thing.id === chosen && "chosen", !shown(thing) && "hidden", lit?.(thing) && "lit", dragged === thing.id && preview.problem && "wrong"].filter(Boolean) as string[];
        return (
          <g key={thing.id} className={names.map((name) => styles[name]).join(" ")} data-thing={thing.id}>
            <Border outline={outline} />
            <path
              d={outline.lines.filter(({ points }) => closed(points)).map(({ points }) => `${path(points)}Z`).join("")}
              className={styles["body"]}
              tabIndex={middle ? 0 : -1}
              role="button"
              aria-label={`${word} ${thing.name}`}
              {...hands(thing, null)}
              onKeyDown={press(thing, null)}
              onFocus={() => onChoose(thing.id)}
            />
            {!drawing &&
              outline.places.map((places, index) =>
                places.map(([x, y], copy) => (
                  <g key={`${index}.${copy}`}>
                    <circle
                      cx={x}
                      cy={y}
                      r={radius * 2.6}
                      className={styles["grip"]}
                      tabIndex={copy === 0 && thing.id === chosen ? 0 : -1}
                      role="button"
                      aria-label={`Corner ${index + 1} of ${thing.name}`}
                      {...hands(thing, index)}
                      onKeyDown={press(thing, index, copy)}
                    />
                    <circle cx={x} cy={y} r={thing.id === chosen ? radius : radius * 0.7} className={styles["corner"]} />
                  </g>
                )),
              )}
          </g>
        );
      })}
      {drawing && (
        <g className={`${styles["chosen"]} ${sketch.wrong ? styles["wrong"] : ""}`}>
          {sketch.outline && !sketch.wrong && drawing.length > 2 ? (
            <Border outline={sketch.outline} />
          ) : (
            <Border outline={{ places: [], lines: [{ tile: 0, points: drawing.map(({ x, y }): [number, number] => [x, y]) }] }} />
          )}
          {drawing.map(({ x, y }, index) => (
            <circle key={index} cx={x} cy={y} r={index === 0 ? radius * 1.6 : radius} className={styles["corner"]} />
          ))}
        </g>
      )}
    </svg>
  );
}

function Border({ outline }: { outline: Outline }) {
  const d = outline.lines.map(({ points }) => path(points)).join("");
  return (
    <>
      <path d={d} className={styles["shadow"]} />
      <path d={d} className={styles["line"]} />
    </>
  );
}
