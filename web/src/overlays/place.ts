/** Places of overlays: -1 flush with the left or upper edge, 1 flush with the right or lower one. */

import type { Outline, Position } from "./calls";

const within = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, value));
const rounded = (value: number): number => Math.round(value * 1000) / 1000;

/** The outline shifted by shares of the picture's sides, inside of it. */
export function shifted(box: Outline, dx: number, dy: number): Outline {
  return { ...box, x: within(box.x + dx, 0, Math.max(0, 1 - box.width)), y: within(box.y + dy, 0, Math.max(0, 1 - box.height)) };
}

/** Whether two outlines are at the same place, but for the camera's rounding to whole pixels. */
export function near(one: Outline, other: Outline): boolean {
  return Math.hypot(one.x - other.x, one.y - other.y) < 0.006;
}

/** The position that puts an overlay where its outline is. */
export function positionOf(box: Outline): [number, number] {
  return [share(box.x, 1 - box.width), share(box.y, 1 - box.height)];
}

function share(start: number, room: number): number {
  return room <= 0 ? 0 : rounded(within((2 * start) / room - 1, -1, 1));
}

/** A position in words. */
export function placeName(position: Position): string {
  if (typeof position !== "string") return `${percent(position[0])} across, ${percent(position[1])} down`;
  return { topLeft: "Top left", top: "Top", topRight: "Top right", bottomLeft: "Bottom left", bottom: "Bottom", bottomRight: "Bottom right" }[position];
}

const percent = (value: number): string => `${Math.round((value + 1) * 50)} %`;

/** Text with something put in at the caret, and where the caret is then. */
export function inserted(text: string, addition: string, start: number | null, end: number | null): { text: string; caret: number } {
  const [from, to] = [start ?? text.length, end ?? start ?? text.length];
  return { text: text.slice(0, from) + addition + text.slice(to), caret: from + addition.length };
}
