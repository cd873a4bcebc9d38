/** Privacy masks over REST (docs/privacy-masks.md). */

import { call, type Pose } from "../api";

export interface Point {
  x: number;
  y: number;
}

/** A direction in the camera, as masks are kept. */
export interface Kept {
  azimuth: number;
  off: number;
}

export interface Outline {
  /** For each corner where the view shows it, in pixels: nowhere, once or several times. */
  places: [number, number][][];
  lines: { tile: number; points: [number, number][] }[];
}

export interface Mask {
  id: number;
  name: string;
  enabled: boolean;
  corners: Kept[];
  outline: Outline | null;
}

export interface Tile {
  x: number;
  y: number;
  width: number;
  height: number;
  round: boolean;
}

export interface Privacy {
  enabled: boolean;
  color: string;
  mosaic_scale: number;
  masks: Mask[];
  limits: { masks: number; corners: [number, number]; name: number; colors: string[]; mosaic_scale: [number, number] };
  tiles: Tile[];
}

/** Which pixels are meant. */
export interface Place {
  view: number;
  resolution: string;
}

export type Corner = Point | Kept;

export interface Shape {
  corners?: Corner[];
  shift?: { from_x: number; from_y: number; to_x: number; to_y: number };
}

export interface Look {
  enabled?: boolean;
  color?: string;
  mosaic_scale?: number;
}

const only = ({ azimuth, off }: Kept): Kept => ({ azimuth, off });

/** A shape without what the camera only tells and does not take. */
function told(shape: Shape): Shape {
  return { ...shape, corners: shape.corners?.map((corner) => ("x" in corner ? corner : only(corner))) };
}

export const masks = {
  list: ({ view, resolution }: Place) => call<Privacy>("GET", `privacy?view=${view}&resolution=${resolution}`),
  look: (changes: Look) => call<Privacy>("PATCH", "privacy", changes),
  add: (name: string, shape: Shape, place?: Place) => call<Mask>("POST", "privacy/masks", { name, ...place, ...told(shape) }),
  change: (id: number, changes: Shape & { name?: string; enabled?: boolean }, place?: Place) =>
    call<Mask>("PATCH", `privacy/masks/${id}`, { ...place, ...told(changes), name: changes.name, enabled: changes.enabled }),
  remove: (id: number) => call<void>("DELETE", `privacy/masks/${id}`),
  preview: (shape: Shape, place: Place) => call<{ outline: Outline }>("POST", "privacy/outline", { ...place, ...told(shape) }),
  goTo: (id: number, view: number) => call<Pose>("POST", `privacy/masks/${id}/goto`, { view }),
};
