/** When a schedule is active, in words and as spans on a strip of cells. Pure, so that it is tested without a browser. */

export type Repeat = "daily" | "weekly" | "monthly" | "yearly";

/** From `start` to `end` on each day that the rest names; docs/schedules.md tells what each part means. */
export interface Hours {
  repeat: Repeat;
  every: number;
  /** Monday is 0. */
  days: number[];
  /** Of a month: the first (1) to the fifth or the last (-1) of its `days`, or null for its `day`. */
  week: number | null;
  day: number;
  month: number;
  start: string;
  end: string;
  more_days: number;
  first: string | null;
  last: string | null;
}

export const WORKDAYS: Hours = { repeat: "weekly", every: 1, days: [0, 1, 2, 3, 4], week: null, day: 1, month: 1, start: "08:00", end: "17:00", more_days: 0, first: null, last: null };

export const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
export const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
export const LONGEST_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
export const WEEKS = [
  { value: 1, label: "first" },
  { value: 2, label: "second" },
  { value: 3, label: "third" },
  { value: 4, label: "fourth" },
  { value: 5, label: "fifth" },
  { value: -1, label: "last" },
];

const DAY_MIN = 24 * 60;
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];

/** "08:30" as minutes since midnight. */
export function minutes(time: string): number {
  const [hours = "0", rest = "0", seconds = "0"] = time.split(":");
  return Number(hours) * 60 + Number(rest) + Number(seconds) / 60;
}

/** How long it is active each time, in minutes; the same time twice is a whole day. */
export function length({ start, end, more_days }: Pick<Hours, "start" | "end" | "more_days">): number {
  const lasts = minutes(end) - minutes(start);
  return (lasts > 0 ? lasts : lasts + DAY_MIN) + more_days * DAY_MIN;
}

export interface Strip {
  cells: string[];
  /** From 0 to 1 of the strip. */
  spans: { from: number; to: number }[];
}

/** The week, the month or the year of a schedule; what runs past the end of the strip goes on at its beginning. `year` and `month` (from 0) say which. */
export function strip(hours: Hours, year: number, month: number): Strip {
  const long = length(hours) / DAY_MIN;
  const at = minutes(hours.start) / DAY_MIN;
  if (hours.repeat === "yearly") {
    const from = hours.month - 1 + (hours.day - 1 + at) / 31;
    return { cells: MONTHS.map((name) => name.slice(0, 1)), spans: wrapped(from, from + long / 31, 12) };
  }
  const monthly = hours.repeat === "monthly";
  const count = monthly ? new Date(year, month + 1, 0).getDate() : 7;
  const days = monthly ? daysOfMonth(hours, year, month) : hours.repeat === "daily" ? EVERY_DAY : hours.days;
  const cells = monthly ? Array.from({ length: count }, (_, index) => (index % 7 === 0 ? String(index + 1) : "")) : DAYS.map((day) => day.slice(0, 2));
  return { cells, spans: merged(days.flatMap((day) => wrapped(day + at, day + at + long, count))) };
}

/** The days of a month, from 0, on which it begins. */
export function daysOfMonth({ week, days, day }: Pick<Hours, "week" | "days" | "day">, year: number, month: number): number[] {
  const count = new Date(year, month + 1, 0).getDate();
  return Array.from({ length: count }, (_, index) => index).filter((index) => {
    if (week === null) return index === day - 1;
    const inWeek = week === -1 ? index + 7 >= count : Math.floor(index / 7) + 1 === week;
    return inWeek && days.includes((new Date(year, month, index + 1).getDay() + 6) % 7);
  });
}

function wrapped(from: number, to: number, cells: number): Strip["spans"] {
  const over = to - cells;
  if (to - from >= cells) return [{ from: 0, to: 1 }];
  const first = { from: from / cells, to: Math.min(to, cells) / cells };
  return over > 1e-9 ? [first, { from: 0, to: over / cells }] : [first];
}

function merged(spans: Strip["spans"]): Strip["spans"] {
  const near = 1e-9;
  return [...spans]
    .sort((a, b) => a.from - b.from)
    .reduce<Strip["spans"]>((joined, span) => {
      const last = joined.at(-1);
      if (last && span.from <= last.to + near) last.to = Math.max(last.to, span.to);
      else joined.push({ ...span });
      return joined;
    }, []);
}

/** Days in words: "Monday to Friday", "Monday and Wednesday". */
export function dayWords(days: readonly number[]): string {
  const all = [...new Set(days)].sort((a, b) => a - b);
  const names = all.map((day) => DAYS[day] ?? "");
  const [first, last] = [all[0] ?? 0, all.at(-1) ?? 0];
  if (all.length > 2 && last - first === all.length - 1) return `${DAYS[first]} to ${DAYS[last]}`;
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : (names[0] ?? "");
}

const UNITS: Record<Repeat, string> = { daily: "day", weekly: "week", monthly: "month", yearly: "year" };

/** On which days it begins, as the camera says it. */
export function onWords({ repeat, every, days, week, day, month }: Hours): string {
  const often = every > 1 ? `, every ${every} ${UNITS[repeat]}s` : "";
  const named = WEEKS.find(({ value }) => value === week)?.label;
  switch (repeat) {
    case "daily":
      return every > 1 ? `Every ${every} days` : "Every day";
    case "weekly":
      return `Every ${dayWords(days) || "…"}${often}`;
    case "monthly":
      return named ? `On the ${named} ${dayWords(days) || "…"} of the month${often}` : `Every month on day ${day}${often}`;
    case "yearly":
      return `Every year on ${day} ${MONTHS[month - 1]}${often}`;
  }
}

/** A schedule in words, as the camera says it. */
export function hoursWords(hours: Hours): string {
  return `${onWords(hours)} ${fromTo(hours)}${bounds(hours)}`;
}

/** A pulse at a time of day in words. */
export function pulseWords(hours: Hours): string {
  const on = onWords(hours);
  return `A pulse ${on.charAt(0).toLowerCase()}${on.slice(1)} at ${hours.start}${bounds(hours)}`;
}

function fromTo({ start, end, more_days }: Hours): string {
  if (minutes(start) === 0 && minutes(end) === 0 && more_days === 0) return "all day";
  const later = more_days + (minutes(end) <= minutes(start) ? 1 : 0);
  if (more_days > 0) return `from ${start} to ${end}, ${later} day${later > 1 ? "s" : ""} later`;
  return `from ${start} to ${end}${later ? " of the next day" : ""}`;
}

function bounds({ first, last }: Hours): string {
  if (first && first === last) return ` on ${first} only`;
  return `${first ? ` from ${first} on` : ""}${last ? ` until ${last}` : ""}`;
}

/** Where on the strip of a schedule a moment is, from 0 to 1. */
export function position(repeat: Repeat, now: Date): number {
  const day = (now.getHours() * 60 + now.getMinutes()) / DAY_MIN;
  if (repeat === "yearly") return (now.getMonth() + (now.getDate() - 1 + day) / 31) / 12;
  if (repeat === "monthly") return (now.getDate() - 1 + day) / new Date(now.getFullYear(), now.getMonth() + 1, 0).getDate();
  return (((now.getDay() + 6) % 7) + day) / 7;
}

/** What has to be mended before it can be saved, or null. */
export function hoursFault({ repeat, days, week, start, end, first, last }: Hours): string | null {
  if ((repeat === "weekly" || (repeat === "monthly" && week !== null)) && days.length === 0) return "Choose at least one day.";
  if (!start || !end) return "Give a time of day, such as 08:00.";
  return first && last && last < first ? "The last day is before the first." : null;
}
