/** Rules that many people want, to begin with. Those of which this camera lacks a part are not offered. */

import type { Condition } from "./calls";
import { SCHEDULE_ACTIVE } from "./schedules";

export interface Example {
  title: string;
  conditions: Condition[];
  action: string;
}

const so = (topic: string, where: Condition["where"] = {}): Condition => ({ topic, where, inverted: false });

export const EXAMPLES: Example[] = [
  { title: "Patrol after hours", conditions: [so(SCHEDULE_ACTIVE, { schedule: "after_hours" })], action: "tour.active" },
  { title: "A button that starts a tour", conditions: [so("Device/IO/ManualTrigger")], action: "tour.fixed" },
  { title: "Look at the door when it opens", conditions: [so("Device/IO/Input")], action: "preset.active" },
  { title: "Record while an input is active", conditions: [so("Device/IO/Input")], action: "record.active" },
  { title: "Show that something is recorded", conditions: [so("Storage/AnyRecording")], action: "overlay_text.active" },
  { title: "Switch an output when a disk fails", conditions: [so("Storage/Disruption")], action: "output.active" },
];
