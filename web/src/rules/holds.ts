/** Whether a condition holds, from what the camera last told of its topic. */

import type { CameraEvent } from "../api";
import type { Condition, Values } from "./calls";

/** It holds while one of the instances that it is about is so; inverted, while there are some and none is. */
export function holds({ topic, where, inverted }: Condition, events: readonly CameraEvent[]): boolean {
  const about = events.filter((event) => event.topic === topic && agrees(where, event.source));
  return about.length > 0 && about.some(({ active, data }) => active && agrees(where, data)) !== inverted;
}

function agrees(where: Values, items: Values): boolean {
  return Object.entries(where).every(([name, value]) => !(name in items) || items[name] === value);
}
