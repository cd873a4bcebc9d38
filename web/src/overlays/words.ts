/** Overlays and their parts in words. */

import type { View } from "../api";
import type { Overlay, Paint } from "./calls";

export const PAINT_NAMES: Record<Paint, string> = {
  white: "White",
  black: "Black",
  red: "Red",
  grey: "Grey",
  semiTransparent: "Half transparent",
  transparent: "None",
};

export const PAINT_CSS: Record<Paint, string> = {
  white: "#fff",
  black: "#000",
  red: "#f00",
  grey: "#808080",
  semiTransparent: "rgb(0 0 0 / 50%)",
  transparent: "transparent",
};

export const GROUP_NAMES: Record<string, string> = {
  date: "Date",
  time: "Time",
  year: "Year",
  month: "Month",
  week: "Week",
  day: "Day",
  hour: "Hour",
  minute: "Minute and second",
  sysinfo: "Camera",
  video: "Stream",
  ptz: "Pan, tilt, zoom",
  optics: "Exposure and lens",
  autotracking: "Autotracking",
  mqtt: "MQTT",
  other: "Other",
};

/** What an overlay is called in lists. */
export function nameOf(overlay: Overlay): string {
  if (overlay.kind === "text") return overlay.text.replace(/\s+/g, " ").slice(0, 60) || "Text";
  if (overlay.kind === "image") return overlay.image.replace(/\.ovl$/, "");
  return overlay.style === "bar" ? "Streaming indicator (bar)" : "Streaming indicator";
}

/** In which views an overlay is seen. */
export function whereOf(overlay: Overlay, views: View[]): string {
  if (overlay.views === null) return "All views";
  return overlay.views.map((index) => views.find((view) => view.index === index)?.name ?? `View ${index}`).join(", ");
}
