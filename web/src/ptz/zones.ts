/** Named zones: calls, and lists of them as people type them. */

import { call } from "../api";
import { degrees } from "./order";

export interface Corners {
  left: number;
  down: number;
  right: number;
  up: number;
}

export interface Zone extends Corners {
  number: number;
  name: string;
  enabled: boolean;
  roll: number;
  here: boolean;
  shown: boolean;
}

export type ZoneWish = Corners & Partial<Pick<Zone, "name" | "enabled" | "number" | "roll">>;

const path = (view: number) => `ptz/${view}/zones`;

export const zones = {
  all: (view: number) => call<{ zones: Zone[]; most: number }>("GET", path(view)),
  outlines: (view: number, width: number, height: number) =>
    call<{ outlines: { number: number; lines: [number, number][][] }[] }>("GET", `${path(view)}/outlines?width=${width}&height=${height}`),
  add: (view: number, zone: ZoneWish) => call<Zone>("POST", path(view), zone),
  addMany: (view: number, many: ZoneWish[]) => call<unknown>("POST", `${path(view)}/many`, { zones: many }),
  change: (view: number, number: number, changes: Partial<ZoneWish>) => call<Zone>("PATCH", `${path(view)}/${number}`, changes),
  remove: (view: number, number: number) => call<void>("DELETE", `${path(view)}/${number}`),
  removeAll: (view: number) => call<void>("DELETE", path(view)),
  go: (view: number, number: number) => call<unknown>("POST", `${path(view)}/${number}/go`),
};

/** What a zone was made of, to make it again. */
export function wishOf({ number, name, enabled, left, down, right, up, roll }: Zone): ZoneWish {
  return { number, name, enabled, left, down, right, up, roll };
}

/** Degrees of pan from left clockwise to right. */
export function width({ left, right }: Corners): number {
  return right - left === 360 ? 360 : (((right - left) % 360) + 360) % 360;
}

/** A zone in words. */
export function span(corners: Corners): string {
  return `pan ${degrees(corners.left)} to ${degrees(corners.right)}, tilt ${degrees(corners.down)} to ${degrees(corners.up)}`;
}

/** Lines of ``name; left; down; right; up``; a name with no numbers, or a number that is none, is told with its line. Throws Error. */
export function parse(text: string): ZoneWish[] {
  return text
    .split("\n")
    .map((line, index) => ({ line: line.trim(), at: index + 1 }))
    .filter(({ line }) => line !== "")
    .map(({ line, at }) => {
      const [name = "", ...parts] = line.split(/[;\t]/).map((part) => part.trim().replace(/°$/, "").replace(/^[−–]/, "-").replace(",", "."));
      const numbers = parts.map(Number);
      if (parts.length !== 4 || parts.includes("") || numbers.some((number) => !Number.isFinite(number))) {
        throw new Error(`Line ${at}: write a name and four numbers, as in Gate; 10; -40; 30; -20`);
      }
      const [left, down, right, up] = numbers as [number, number, number, number];
      return { ...(name && { name }), left, down, right, up };
    });
}
