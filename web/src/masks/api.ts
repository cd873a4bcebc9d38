/** Privacy masks over REST (docs/privacy-masks.md). */

import { call, type Pose } from "../api";
import { callsOf, type Place, type Thing, type Tile } from "../drawn/api";

export type Mask = Thing;

export interface Privacy {
  enabled: boolean;
  color: string;
  mosaic_scale: number;
  masks: Mask[];
  limits: { masks: number; corners: [number, number]; name: number; colors: string[]; mosaic_scale: [number, number] };
  tiles: Tile[];
}

export interface Look {
  enabled?: boolean;
  color?: string;
  mosaic_scale?: number;
}

export const masks = {
  ...callsOf<Mask>("privacy", "privacy/masks"),
  list: ({ view, resolution }: Place) => call<Privacy>("GET", `privacy?view=${view}&resolution=${resolution}`),
  look: (changes: Look) => call<Privacy>("PATCH", "privacy", changes),
  goTo: (id: number, view: number) => call<Pose>("POST", `privacy/masks/${id}/goto`, { view }),
};
