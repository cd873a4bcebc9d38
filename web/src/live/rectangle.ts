/** The pixel counter's rectangle: whole stream pixels, always inside the picture. */

import type { Size } from "./fit";

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Which sides a grip moves: -1 the left or top one, 1 the right or bottom one, 0 neither. */
export interface Grip {
  across: -1 | 0 | 1;
  down: -1 | 0 | 1;
}

const LEAST = 4;

/** The rectangle in the middle of a picture, a quarter of its sides. */
export function central({ width, height }: Size): Rectangle {
  const [w, h] = [Math.round(width / 4), Math.round(height / 4)];
  return { x: Math.round((width - w) / 2), y: Math.round((height - h) / 2), width: w, height: h };
}

/** Shift the whole rectangle by (dx, dy). */
export function moved(from: Rectangle, dx: number, dy: number, picture: Size): Rectangle {
  return { ...from, x: within(from.x + dx, 0, picture.width - from.width), y: within(from.y + dy, 0, picture.height - from.height) };
}

/** Pull the sides that ``grip`` names by (dx, dy). */
export function resized(from: Rectangle, grip: Grip, dx: number, dy: number, picture: Size): Rectangle {
  const [x, width] = pulled(from.x, from.width, grip.across, dx, picture.width);
  const [y, height] = pulled(from.y, from.height, grip.down, dy, picture.height);
  return { x, y, width, height };
}

/** The same part of another picture. */
export function scaled(from: Rectangle, old: Size, picture: Size): Rectangle {
  const [sx, sy] = [picture.width / old.width, picture.height / old.height];
  const width = within(from.width * sx, LEAST, picture.width);
  const height = within(from.height * sy, LEAST, picture.height);
  return moved({ x: from.x * sx, y: from.y * sy, width, height }, 0, 0, picture);
}

function pulled(start: number, length: number, side: number, by: number, room: number): [number, number] {
  if (side > 0) return [start, within(length + by, LEAST, room - start)];
  if (side === 0) return [start, length];
  const edge = within(start + by, 0, start + length - LEAST);
  return [edge, start + length - edge];
}

function within(value: number, least: number, most: number): number {
  return Math.round(Math.max(least, Math.min(most, value)));
}
