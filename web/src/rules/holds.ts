/** Whether a condition holds, from what the camera last told of its topic. */

import type { CameraEvent } from "../api";
import type { Condition } from "./calls";

/** A condition of any instance holds while it is so for one of them; inverted, while it is not so for one of them. */
export function holds({ topic, where, inverted }: Condition, events: readonly CameraEvent[]): boolean {
  return events.some((event) => event.topic === topic && event.active !== inverted && fits(where, event));
}

function fits(where: Condition["where"], { source, data }: CameraEvent): boolean {
  const told = { ...source, ...data };
  return Object.entries(where).every(([name, value]) => told[name] === value);
}
