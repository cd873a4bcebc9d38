/** The arithmetic of a timeline: what part of time is shown, and where things lie on it. Moments are ms since 1970. */

export interface Span {
  from: number;
  to: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [1, 2, 5, 10, 15, 30].map((n) => n * SECOND).concat([1, 2, 5, 10, 15, 30].map((n) => n * MINUTE), [1, 2, 3, 6, 12].map((n) => n * HOUR), [DAY, 2 * DAY, 7 * DAY, 30 * DAY]);

export const SHORTEST = 10 * SECOND;
export const LONGEST = 366 * DAY;

/** Percent of the width at which a moment lies. */
export function place(at: number, span: Span): number {
  return ((at - span.from) / (span.to - span.from)) * 100;
}

/** A part of the width as the moment that lies there. */
export function moment(part: number, span: Span): number {
  return span.from + part * (span.to - span.from);
}

/** ``factor`` below 1 shows less time; the moment ``around`` stays where it is. */
export function zoomed(span: Span, factor: number, around: number): Span {
  const length = Math.min(LONGEST, Math.max(SHORTEST, (span.to - span.from) * factor));
  const part = (around - span.from) / (span.to - span.from);
  const from = around - part * length;
  return { from, to: from + length };
}

/** The same length, moved by a part of it. */
export function moved(span: Span, part: number): Span {
  const step = (span.to - span.from) * part;
  return { from: span.from + step, to: span.to + step };
}

/** Round moments for labels, about ``most`` of them, in the time of whoever looks. */
export function ticks(span: Span, most = 8): number[] {
  const step = STEPS.find((size) => (span.to - span.from) / size <= most) ?? LONGEST;
  const offset = -new Date(span.from).getTimezoneOffset() * MINUTE;
  const first = Math.ceil((span.from + offset) / step) * step - offset;
  return Array.from({ length: Math.max(0, Math.floor((span.to - first) / step) + 1) }, (_, n) => first + n * step);
}

/** What a label says: the day where days are shown, the time where it matters. */
export function label(at: number, span: Span): string {
  const when = new Date(at);
  const two = (number: number) => String(number).padStart(2, "0");
  const time = `${two(when.getHours())}:${two(when.getMinutes())}`;
  if (span.to - span.from > 3 * DAY || (time === "00:00" && span.to - span.from > HOUR)) return `${two(when.getDate())}.${two(when.getMonth() + 1)}.`;
  return span.to - span.from < 5 * MINUTE ? `${time}:${two(when.getSeconds())}` : time;
}

/** The topic of a recorded event in a person's words: its last names, taken apart. */
export function topicWords(topic: string): string {
  const names = topic.split("/").map((name) => name.replace(/^\w+:/, ""));
  const shown = /^(Channel_|\d)/.test(names.at(-1) ?? "") ? names.at(-2) : names.at(-1);
  const words = (shown ?? topic).replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
