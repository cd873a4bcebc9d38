import type { View } from "../api";
import { comfortable } from "../live/fit";
import type { Place } from "./api";

const PIXELS = 1_400_000;
const MOVING = [3, 4, 5, 6, 7, 11];
/** Outlines follow views that move. */
const MOVING_MS = 500;
const STILL_MS = 5000;

/** The view to draw in, at a size that is comfortable, and how often its outlines are asked for. */
export function placeIn(views: View[], index: number): { place: Place | null; everyMs: number } {
  const view = views.find((each) => each.index === index && each.available) ?? views.find((each) => each.available);
  const resolution = view ? comfortable(view.resolutions, PIXELS) : null;
  return { place: view && resolution ? { view: view.index, resolution } : null, everyMs: MOVING.includes(index) ? MOVING_MS : STILL_MS };
}
