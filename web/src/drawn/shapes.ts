/** Small sums about shapes on the picture. */

import type { Outline, Point } from "./api";

export const FEWEST = 3;
export const MOST = 10;

/** The path of one piece of an outline, for SVG. */
export function path(points: [number, number][]): string {
  return points.map(([x, y], index) => `${index ? "L" : "M"}${x} ${y}`).join("");
}

/** Whether a piece runs all the way round, so that it has an inside that can be pointed at. */
export function closed(points: [number, number][]): boolean {
  const [first, last] = [points[0], points.at(-1)];
  return !!first && !!last && points.length > 3 && Math.hypot(first[0] - last[0], first[1] - last[1]) < 1;
}

/** Whether a click at ``at`` means the first corner, and so the end of the shape. ``reach`` in the same pixels. */
export function closes(points: Point[], at: Point, reach: number): boolean {
  const first = points[0];
  return points.length >= FEWEST && !!first && Math.hypot(first.x - at.x, first.y - at.y) <= reach;
}

/** A name with a number after ``word`` that no other thing has. */
export function freshName(word: string, things: { name: string }[], most: number): string {
  const taken = new Set(things.map(({ name }) => name));
  const numbers = Array.from({ length: most + 1 }, (_, index) => `${word} ${index + 1}`);
  return numbers.find((name) => !taken.has(name)) ?? `${word} ${Date.now()}`;
}

/** A square in the middle of the picture, for those who draw without a pointer. */
export function square(width: number, height: number): Point[] {
  const [x, y, half] = [width / 2, height / 2, Math.min(width, height) / 10];
  return [
    { x: x - half, y: y - half },
    { x: x + half, y: y - half },
    { x: x + half, y: y + half },
    { x: x - half, y: y + half },
  ];
}

/** How far a key moves a thing, in pixels; null for keys that do not. */
export function step(key: string, far: boolean): Point | null {
  const by = far ? 20 : 2;
  const ways: Record<string, Point> = { ArrowLeft: { x: -by, y: 0 }, ArrowRight: { x: by, y: 0 }, ArrowUp: { x: 0, y: -by }, ArrowDown: { x: 0, y: by } };
  return ways[key] ?? null;
}

/** Where a thing can be taken hold of: the middle of its corners that are seen. */
export function hold(outline: Outline): Point | null {
  const seen = outline.places.flatMap((places) => places.slice(0, 1));
  if (seen.length === 0) return null;
  const sum = seen.reduce(([x, y], [px, py]) => [x + px, y + py], [0, 0]);
  return { x: sum[0] / seen.length, y: sum[1] / seen.length };
}
