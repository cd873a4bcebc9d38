/** Overlays over REST (docs/overlays.md). */

import { call } from "../api";

export const ANCHORS = ["topLeft", "top", "topRight", "bottomLeft", "bottom", "bottomRight"] as const;
export type Anchor = (typeof ANCHORS)[number];
export type Position = Anchor | [number, number];

export const PAINTS = ["white", "black", "red", "grey", "semiTransparent", "transparent"] as const;
export type Paint = (typeof PAINTS)[number];

export type Kind = "text" | "image" | "indicator";

interface Common {
  identity: number;
  /** Views that show it, by index; null for all. */
  views: number[] | null;
  position: Position;
  rotation: number;
  visible: boolean;
  z: number;
  size: number;
}

interface Painted {
  color: Paint;
  background: Paint;
  outline: Paint;
}

export interface TextOverlay extends Common, Painted {
  kind: "text";
  text: string;
  scroll: number;
}

export interface ImageOverlay extends Common {
  kind: "image";
  image: string;
}

export interface IndicatorOverlay extends Common, Painted {
  kind: "indicator";
  style: "circle" | "bar";
}

export type Overlay = TextOverlay | ImageOverlay | IndicatorOverlay;
export type Fields = Partial<Omit<TextOverlay, "kind"> & Omit<ImageOverlay, "kind"> & Omit<IndicatorOverlay, "kind">>;

/** Shares 0 to 1 of the picture's sides. */
export interface Outline {
  identity: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface StoredImage {
  name: string;
  kind: string;
  width: number;
  height: number;
  scalable: boolean;
  bytes: number;
}

export interface Store {
  images: StoredImage[];
  formats: string[];
  largest_bytes: number;
  largest_side: number;
}

export interface Modifier {
  modifier: string;
  group: string;
  title: string;
  example: string;
  numbers: [number, number] | null;
}

export interface Upload {
  name: string;
  data: string;
  scalable: boolean;
  transparent_color: string;
}

export const overlays = {
  list: async () => (await call<{ overlays: Overlay[] }>("GET", "overlays")).overlays,
  add: (wish: Fields & { kind: Kind }) => call<Overlay>("POST", "overlays", wish),
  change: (identity: number, changes: Fields) => call<Overlay>("PATCH", `overlays/${identity}`, changes),
  remove: (identity: number) => call<Overlay>("DELETE", `overlays/${identity}`),
  outlines: async (view: number, resolution: string) =>
    (await call<{ outlines: Outline[] }>("GET", `overlay-outlines?view=${view}&resolution=${resolution}`)).outlines,
  images: () => call<Store>("GET", "overlay-images"),
  upload: (wish: Upload) => call<StoredImage>("POST", "overlay-images", wish),
  removeImage: (name: string) => call<void>("DELETE", `overlay-images/${encodeURIComponent(name)}`),
  modifiers: async (view: number) => (await call<{ modifiers: Modifier[] }>("GET", `overlay-modifiers?view=${view}`)).modifiers,
};

/** The address of a small picture of a stored image. */
export const thumbnail = (name: string): string => `/api/v1/overlay-images/${encodeURIComponent(name)}`;
