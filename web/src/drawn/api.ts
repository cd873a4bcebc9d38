/** Polygons that are drawn on the picture, over REST: privacy masks and motion areas speak alike of them. */

import { call } from "../api";

export interface Point {
  x: number;
  y: number;
}

/** A direction in the camera, as shapes are kept. */
export interface Kept {
  azimuth: number;
  off: number;
}

export interface Outline {
  /** For each corner where the view shows it, in pixels: nowhere, once or several times. */
  places: [number, number][][];
  lines: { tile: number; points: [number, number][] }[];
}

/** What all that is drawn has. */
export interface Thing {
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

const only = ({ azimuth, off }: Kept): Kept => ({ azimuth, off });

/** A shape without what the camera only tells and does not take. */
function told<S extends Shape>(shape: S): S {
  return { ...shape, corners: shape.corners?.map((corner) => ("x" in corner ? corner : only(corner))) };
}

export type Changes = Shape & { name?: string; enabled?: boolean } & Record<string, unknown>;

/** The calls about one sort of things: all of them are below ``root``, each below ``items``. */
export function callsOf<T extends Thing>(root: string, items: string) {
  return {
    add: (name: string, shape: Shape, place?: Place, more: object = {}) => call<T>("POST", items, { name, ...place, ...more, ...told(shape) }),
    change: (id: number, changes: Changes, place?: Place) => call<T>("PATCH", `${items}/${id}`, { ...place, ...told(changes) }),
    remove: (id: number) => call<void>("DELETE", `${items}/${id}`),
    preview: (shape: Shape, place: Place) => call<{ outline: Outline }>("POST", `${root}/outline`, { ...place, ...told(shape) }),
  };
}

export type Calls<T extends Thing> = ReturnType<typeof callsOf<T>>;
