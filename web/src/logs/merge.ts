import type { LogLine } from "./calls";

/** New lines in front of those that are there, each once, the newest first, and no more than `most`. */
export function inFront(lines: readonly LogLine[], fresh: readonly LogLine[], most: number): LogLine[] {
  const known = new Set(lines.map(({ number }) => number));
  const added = fresh.filter(({ number }) => !known.has(number));
  return [...added, ...lines].sort((a, b) => b.number - a.number).slice(0, most);
}

/** A line's first line, and those behind it (a traceback). */
export function parted(text: string): { first: string; rest: string } {
  const end = text.indexOf("\n");
  return end < 0 ? { first: text, rest: "" } : { first: text.slice(0, end), rest: text.slice(end + 1) };
}
