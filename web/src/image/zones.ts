/** Exposure zones: rectangles of the overview as it is without roll, each side from 0 to 1. */

import type { SettingValue } from "../api";
import { type Grip, moved, type Rectangle, resized } from "../live/rectangle";

export interface Zone {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The grid on which zones are moved, and the least side of one on it. */
export const FINE = 1000;
const LEAST = 30;
export const MOST = 8;

/** What the setting holds. */
export function zonesOf(value: SettingValue): Zone[] {
  return Array.isArray(value) ? (value as unknown as Zone[]) : [];
}

/** The same for a setting that holds one or none. */
export function windowOf(value: SettingValue): Zone | null {
  return value !== null && typeof value === "object" && "left" in value ? (value as unknown as Zone) : null;
}

/** A new zone in the middle, a little aside for each that is there already. */
export function another(zones: Zone[]): Zone {
  const aside = (zones.length % 4) * 0.05;
  return { left: 0.35 + aside, top: 0.35 + aside, right: 0.6 + aside, bottom: 0.6 + aside };
}

/** The zone shifted by (dx, dy) parts of the picture, or with the sides of ``grip`` pulled by them; null if that leaves the image circle. */
export function changed(zone: Zone, grip: Grip | null, dx: number, dy: number): Zone | null {
  const picture = { width: FINE, height: FINE };
  const from = onGrid(zone);
  const box = grip ? resized(from, grip, dx * FINE, dy * FINE, picture) : moved(from, dx * FINE, dy * FINE, picture);
  if (box.width < LEAST || box.height < LEAST) return null;
  const next = { left: box.x / FINE, top: box.y / FINE, right: (box.x + box.width) / FINE, bottom: (box.y + box.height) / FINE };
  return inCircle(next) ? next : null;
}

/** A step on the screen as one in the picture that is shown turned by ``roll`` degrees clockwise. */
export function unrolled(dx: number, dy: number, roll: number): [number, number] {
  const [c, s] = [Math.cos((roll * Math.PI) / 180), Math.sin((roll * Math.PI) / 180)];
  return [c * dx + s * dy, -s * dx + c * dy];
}

function onGrid({ left, top, right, bottom }: Zone): Rectangle {
  return { x: left * FINE, y: top * FINE, width: (right - left) * FINE, height: (bottom - top) * FINE };
}

/** Some of the zone, and not just a touch, lies in the circle. */
function inCircle({ left, top, right, bottom }: Zone): boolean {
  const x = Math.min(Math.max(0.5, left), right);
  const y = Math.min(Math.max(0.5, top), bottom);
  return (x - 0.5) ** 2 + (y - 0.5) ** 2 < 0.23;
}
