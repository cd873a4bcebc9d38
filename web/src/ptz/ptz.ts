/** Calls about pan, tilt and zoom, and what they answer (docs/rest.md). */

import { type Axis, call } from "../api";

export interface Preset {
  number: number;
  name: string;
  pan: number;
  tilt: number;
  hfov: number;
  zoom: number;
  home: boolean;
}

export type Side = "left" | "right" | "down" | "up" | "wide" | "tele";
export type Sides = Record<Side, number | null>;

export interface Gatekeeper {
  enabled: boolean;
  motion_area: number | null;
  preset: number;
  home_after: number;
  on_duty: boolean;
}

export interface Area {
  area: number;
  view: number;
  name: string;
  ptz: boolean;
  /** Axes that are not moved by hand. */
  held: Axis[];
  pose: { pan: number; tilt: number; hfov: number; zoom: number };
  moving: boolean;
  preset: number | null;
  presets: Preset[];
  limits: Sides;
  range: Sides;
  tour: number | null;
  tour_state: string;
  recording: { number: number; name: string; seconds: number } | null;
  control: { queue: boolean; holder: string; group: string; place: number | null; waiting: string[] };
  gatekeeper: Gatekeeper;
}

export interface Step {
  preset: number;
  seconds: number;
  speed: number;
}

export interface Tour {
  number: number;
  view: number;
  name: string;
  kind: "preset" | "recorded";
  random: boolean;
  pause: number;
  steps: Step[];
  running: boolean;
  state: string;
  missing: number[];
  seconds: number | null;
}

export type TourWish = Pick<Tour, "name" | "random" | "pause" | "steps">;

export const ptz = {
  areas: async () => (await call<{ areas: Area[] }>("GET", "ptz")).areas,
  go: (view: number, number: number) => call<unknown>("POST", `views/${view}/preset`, { number }),
  keep: (view: number, preset: Partial<Preset>) => call<Preset>("POST", `ptz/${view}/presets`, preset),
  change: (view: number, number: number, changes: { name?: string; here?: boolean }) => call<Preset>("PATCH", `ptz/${view}/presets/${number}`, changes),
  remove: (view: number, number: number) => call<void>("DELETE", `ptz/${view}/presets/${number}`),
  limit: (view: number, changes: { here?: Side[]; clear?: Side[] }) => call<Area>("POST", `ptz/${view}/limits`, changes),
  gatekeeper: (view: number, changes: Partial<Gatekeeper>) => call<Area>("PATCH", `ptz/${view}/gatekeeper`, changes),
  control: (view: number, action: "enter" | "release") => call<Area>("POST", `ptz/${view}/control`, { action }),
  tours: async () => (await call<{ tours: Tour[] }>("GET", "ptz/tours")).tours,
  addTour: (view: number, tour: TourWish) => call<Tour>("POST", "ptz/tours", { view, ...tour }),
  changeTour: (number: number, changes: Partial<TourWish>) => call<Tour>("PATCH", `ptz/tours/${number}`, changes),
  removeTour: (number: number) => call<void>("DELETE", `ptz/tours/${number}`),
  run: (number: number, action: "start" | "stop" | "pause" | "resume") => call<Tour>("POST", `ptz/tours/${number}/run`, { action }),
  record: (view: number, name: string) => call<{ number: number }>("POST", `ptz/${view}/record`, name ? { name } : {}),
  keepRecording: (view: number) => call<Tour>("POST", `ptz/${view}/record/keep`),
};
