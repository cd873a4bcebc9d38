/**
 * Mouse, touch, wheel and keys into moves of a view area. Pure numbers, so that they are tested without a browser.
 *
 * Dragging holds the picture under the finger: a drag across the whole width turns by the horizontal field of view. Away from
 * the horizon a degree of pan sweeps fewer pixels, by the cosine of the tilt, so the pan is divided by it.
 */

import type { Axis } from "../api";

export interface Field {
  /** Horizontal field of view in degrees. */
  hfov: number;
  /** Where the middle looks, in degrees above the horizon. */
  tilt: number;
  /** Size of the picture on the screen in CSS pixels. */
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

/** Keep moving with -100..100 of full speed in each axis. */
export interface Drive {
  type: "drive";
  view: number;
  pan?: number;
  tilt?: number;
  zoom?: number;
}

export type Command = Move | { type: "home"; view: number };

/** What is left of a command where hands do not move some axes; null for nothing. What zooms about a point is nothing without the zoom. */
export function without<C extends Move | Drive>(command: C, held: readonly Axis[]): C | null {
  const still = command.type === "move" ? 1 : 0;
  const asked = (["pan", "tilt", "zoom"] as const).filter((axis) => command[axis] !== undefined && command[axis] !== (axis === "zoom" ? still : 0));
  if (asked.length === 0) return command;
  if (asked.every((axis) => held.includes(axis)) || (asked.includes("zoom") && held.includes("zoom"))) return null;
  const kept = { ...command };
  for (const axis of held) delete kept[axis];
  return kept;
}

/** Why some buttons do nothing, or "". */
export function whyHeld(name: string, held: readonly Axis[]): string {
  if (held.length === 0) return "";
  const words = [held.slice(0, -1).join(", "), held[held.length - 1]].filter(Boolean).join(" and ");
  return `${words[0]?.toUpperCase()}${words.slice(1)} of ${name} ${held.length > 1 ? "are" : "is"} switched off in the PTZ settings. Preset positions still work.`;
}

export const KEY_STEP = 0.1;
export const ZOOM_STEP = 1.15;
const WHEEL_NOTCH = 100;
const LEAST_COSINE = 0.25;

/** A drag of (dx, dy) CSS pixels over a picture of the given size. */
export function drag(view: number, field: Field, dx: number, dy: number): Move {
  const perPixel = field.hfov / field.width;
  return { type: "move", view, pan: bounded((-dx * perPixel) / cosine(field), 360), tilt: bounded(dy * perPixel, 180) };
}

/** A turn of the wheel over the point (x, y), each 0..1; what lies under the pointer stays there. Towards the user zooms out. */
export function wheel(view: number, field: Field, deltaY: number, x = 0.5, y = 0.5): Move {
  const notches = Math.max(-3, Math.min(3, deltaY / WHEEL_NOTCH));
  return zoomAbout(view, field, ZOOM_STEP ** -notches, x, y);
}

/** Magnify by a factor about the point (x, y), each 0..1. */
export function zoomAbout(view: number, field: Field, zoom: number, x: number, y: number): Move {
  const kept = 1 - 1 / zoom;
  const vfov = (field.hfov * field.height) / field.width;
  return { type: "move", view, zoom, pan: ((x - 0.5) * field.hfov * kept) / cosine(field), tilt: (0.5 - y) * vfov * kept };
}

/** Two fingers that went from ``before`` to ``now``, in CSS pixels relative to the picture. */
export function pinch(view: number, field: Field, before: readonly [Point, Point], now: readonly [Point, Point]): Move {
  const zoom = Math.max(0.2, Math.min(5, distance(now) / Math.max(1, distance(before))));
  const [from, to] = [middle(before), middle(now)];
  const about = zoomAbout(view, field, zoom, to.x / field.width, to.y / field.height);
  const moved = drag(view, field, to.x - from.x, to.y - from.y);
  return { ...about, pan: (about.pan ?? 0) + (moved.pan ?? 0), tilt: (about.tilt ?? 0) + (moved.tilt ?? 0) };
}

export interface Point {
  x: number;
  y: number;
}

/** A key press, or null for keys that do not steer. */
export function key(view: number, field: Field, name: string): Command | null {
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

const HELD_SPEED = 40;
const HELD_ZOOM = 30;

/** What holding a key does, or null for keys that do not steer. */
export function held(view: number, name: string): Drive | null {
  switch (name) {
    case "ArrowLeft":
      return { type: "drive", view, pan: -HELD_SPEED };
    case "ArrowRight":
      return { type: "drive", view, pan: HELD_SPEED };
    case "ArrowUp":
      return { type: "drive", view, tilt: HELD_SPEED };
    case "ArrowDown":
      return { type: "drive", view, tilt: -HELD_SPEED };
    case "+":
    case "=":
      return { type: "drive", view, zoom: HELD_ZOOM };
    case "-":
      return { type: "drive", view, zoom: -HELD_ZOOM };
    default:
      return null;
  }
}

export const QUAD_VIEW = 3;
export const FIRST_AREA_VIEW = 4;

/** The tile (0..3) of the quad view under a point (0..1). */
export function tileInQuad(x: number, y: number): number {
  return (y < 0.5 ? 0 : 2) + (x < 0.5 ? 0 : 1);
}

/** The area that lies under a point (0..1) of the quad view, given the order of its tiles. */
export function areaInQuad(order: readonly number[], x: number, y: number): number {
  const tile = tileInQuad(x, y);
  return FIRST_AREA_VIEW + (order[tile] ?? tile + 1) - 1;
}

function cosine(field: Field): number {
  return Math.max(LEAST_COSINE, Math.cos((field.tilt * Math.PI) / 180));
}

function bounded(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}

function distance([a, b]: readonly [Point, Point]): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function middle([a, b]: readonly [Point, Point]): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
