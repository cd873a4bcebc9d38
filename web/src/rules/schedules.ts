/** Schedules over REST (docs/schedules.md). */

import { call } from "../api";
import type { Rule } from "./calls";
import type { Hours, Repeat } from "./week";

export interface Interval {
  every_s: number;
  after_s: number;
}

/** A schedule lasts from the start to the end of its hours; a pulse is a moment: at each interval, or where its hours begin. */
export interface ScheduleWish {
  name: string;
  kind: "schedule" | "pulse";
  rule: Hours | Interval;
}

export interface Schedule extends ScheduleWish {
  id: string;
  ready_made: boolean;
  active: boolean;
  next_ms: number | null;
  words: string;
}

export const isInterval = (rule: Hours | Interval): rule is Interval => "every_s" in rule;

export const schedules = {
  read: async () => (await call<{ schedules: Schedule[] }>("GET", "schedules")).schedules,
  /** With the id of a schedule that was removed it is the same one again. */
  add: (wish: ScheduleWish & { id?: string }) => call<Schedule>("POST", "schedules", wish),
  change: (id: string, wish: Partial<ScheduleWish>) => call<Schedule>("PATCH", `schedules/${encodeURIComponent(id)}`, wish),
  remove: (id: string) => call<void>("DELETE", `schedules/${encodeURIComponent(id)}`),
};

export const SCHEDULE_ACTIVE = "Schedule/Active";
export const SCHEDULE_PULSE = "Schedule/Pulse";

export const REPEATS: { value: Repeat; label: string }[] = [
  { value: "daily", label: "Daily" },
  { value: "weekly", label: "Weekly" },
  { value: "monthly", label: "Monthly" },
  { value: "yearly", label: "Yearly" },
];


/** The rules that go by a schedule. */
export function usersOf({ id }: Pick<Schedule, "id">, rules: readonly Rule[]): Rule[] {
  return rules.filter(({ conditions }) => conditions.some(({ topic, where }) => (topic === SCHEDULE_ACTIVE || topic === SCHEDULE_PULSE) && where["schedule"] === id));
}
