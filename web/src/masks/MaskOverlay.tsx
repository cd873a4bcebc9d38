import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";

import type { Corner, Mask, Outline, Place, Point, Privacy, Shape } from "./api";
import styles from "./MaskOverlay.module.css";
import { closed, closes, hold, path, step } from "./shapes";
import { usePreview } from "./usePreview";

interface Props {
  privacy: Privacy;
  place: Place;
  chosen: number | null;
  /** Corners of the mask that is being drawn; null when none is. */
  drawing: Point[] | null;
  /** The camera's outline of what is being drawn, and whether it cannot be. */
  sketch: { outline: Outline | null; wrong: boolean };
  onChoose(id: number): void;
  onPoint(point: Point): void;
  onClose(): void;
  onShape(mask: Mask, shape: Shape): void;
  onRemove(mask: Mask): void;
}

/** What a finger or the mouse has hold of. */
interface Grip {
  mask: Mask;
  /** Null: the whole mask. */
  corner: number | null;
  from: Point;
}

const REACH_CSS = 13;

/** The borders of all masks over the live picture, and hands to move them. */
export function MaskOverlay({ privacy, place, chosen, drawing, sketch, onChoose, onPoint, onClose, onShape, onRemove }: Props) {
  const svg = useRef<SVGSVGElement>(null);
  const grip = useRef<Grip | null>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  const preview = usePreview(place);
  const [width = 4, height = 3] = place.resolution.split("x").map(Number);

  const box = () => svg.current?.getBoundingClientRect();
  const scale = () => width / (box()?.width || width);
  const at = (event: { clientX: number; clientY: number }): Point => {
    const frame = box();
    if (!frame) return { x: 0, y: 0 };
    const inside = (value: number, most: number) => Math.min(Math.max(value, 0), most - 1);
    return { x: inside(((event.clientX - frame.left) / frame.width) * width, width), y: inside(((event.clientY - frame.top) / frame.height) * height, height) };
  };
  const shapeOf = ({ mask, corner, from }: Grip, to: Point): Shape =>
    corner === null
      ? { corners: mask.corners, shift: { from_x: from.x, from_y: from.y, to_x: to.x, to_y: to.y } }
      : { corners: mask.corners.map((kept, index): Corner => (index === corner ? to : kept)) };

  const grab = (mask: Mask, corner: number | null) => (event: PointerEvent<SVGElement>) => {
    if (drawing || event.button !== 0) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    grip.current = { mask, corner, from: at(event) };
    onChoose(mask.id);
  };
  const drag = (event: PointerEvent<SVGElement>) => {
    if (!grip.current) return;
    event.stopPropagation();
    setDragged(grip.current.mask.id);
    preview.show(shapeOf(grip.current, at(event)));
  };
  const drop = (event: PointerEvent<SVGElement>) => {
    const held = grip.current;
    if (!held) return;
    event.stopPropagation();
    grip.current = null;
    if (dragged !== null && event.type !== "pointercancel") onShape(held.mask, shapeOf(held, at(event)));
    setDragged(null);
    preview.show(null);
  };
  const hands = (mask: Mask, corner: number | null) => ({ onPointerDown: grab(mask, corner), onPointerMove: drag, onPointerUp: drop, onPointerCancel: drop });

  const press = (mask: Mask, corner: number | null, from: Point | null) => (event: KeyboardEvent<SVGElement>) => {
    if (event.key === "Delete") onRemove(mask);
    const by = step(event.key, event.shiftKey);
    if (!by && event.key !== "Delete") return;
    event.preventDefault();
    event.stopPropagation();
    if (by && from) onShape(mask, shapeOf({ mask, corner, from }, { x: from.x + by.x, y: from.y + by.y }));
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
      data-testid="masks"
      onPointerDown={point}
      onDoubleClick={(event) => drawing && event.stopPropagation()}
    >
      {privacy.masks.map((mask) => {
        const outline = dragged === mask.id ? (preview.outline ?? mask.outline) : mask.outline;
        if (!outline) return null;
        const shown = privacy.enabled && mask.enabled;
        const middle = hold(outline);
        const names = [mask.id === chosen && "chosen", !shown && "hidden", dragged === mask.id && preview.problem && "wrong"].filter(Boolean) as string[];
        return (
          <g key={mask.id} className={names.map((name) => styles[name]).join(" ")} data-mask={mask.id}>
            <Border outline={outline} />
            <path
              d={outline.lines.filter(({ points }) => closed(points)).map(({ points }) => `${path(points)}Z`).join("")}
              className={styles["body"]}
              tabIndex={middle ? 0 : -1}
              role="button"
              aria-label={`Mask ${mask.name}`}
              {...hands(mask, null)}
              onKeyDown={press(mask, null, middle)}
              onFocus={() => onChoose(mask.id)}
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
                      tabIndex={copy === 0 && mask.id === chosen ? 0 : -1}
                      role="button"
                      aria-label={`Corner ${index + 1} of ${mask.name}`}
                      {...hands(mask, index)}
                      onKeyDown={press(mask, index, { x, y })}
                    />
                    <circle cx={x} cy={y} r={mask.id === chosen ? radius : radius * 0.7} className={styles["corner"]} />
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
