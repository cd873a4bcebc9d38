/**
 * Mouse, touch, wheel and keys into moves of a view area. Pure numbers, so that they are tested without a browser.
 *
 * Dragging holds the picture under the finger: a drag across the whole width turns by the horizontal field of view.
 */

export interface Field {
  /** Horizontal field of view in degrees. */
  hfov: number;
  width: number;
  height: number;
}

export interface Move {
  type: "move";
  view: number;
  pan?: number;
  tilt?: number;
  zoom?: number;
}

const KEY_STEP = 0.1;
const ZOOM_STEP = 1.15;
const WHEEL_NOTCH = 100;

/** A drag of (dx, dy) CSS pixels over a picture of the given size. */
export function drag(view: number, field: Field, dx: number, dy: number): Move {
  const perPixel = field.hfov / field.width;
  return { type: "move", view, pan: -dx * perPixel, tilt: dy * perPixel };
}

/** A turn of the wheel; towards the user zooms out. */
export function wheel(view: number, deltaY: number): Move {
  const notches = Math.max(-3, Math.min(3, deltaY / WHEEL_NOTCH));
  return { type: "move", view, zoom: ZOOM_STEP ** -notches };
}

/** A key press, or null for keys that do not steer. */
export function key(view: number, field: Field, name: string): Move | { type: "home"; view: number } | null {
  const step = field.hfov * KEY_STEP;
  switch (name) {
    case "ArrowLeft":
      return { type: "move", view, pan: -step };
    case "ArrowRight":
      return { type: "move", view, pan: step };
    case "ArrowUp":
      return { type: "move", view, tilt: step };
    case "ArrowDown":
      return { type: "move", view, tilt: -step };
    case "+":
    case "=":
      return { type: "move", view, zoom: ZOOM_STEP };
    case "-":
      return { type: "move", view, zoom: 1 / ZOOM_STEP };
    case "Home":
      return { type: "home", view };
    default:
      return null;
  }
}

export const QUAD_VIEW = 3;
const FIRST_AREA_VIEW = 4;

/** The area that lies under a point (0..1) of the quad view, given the order of its tiles. */
export function areaInQuad(order: readonly number[], x: number, y: number): number {
  const tile = (y < 0.5 ? 0 : 2) + (x < 0.5 ? 0 : 1);
  return FIRST_AREA_VIEW + (order[tile] ?? tile + 1) - 1;
}
