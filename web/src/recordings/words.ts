/** Times and marks of recordings as people read them, in the time of whoever looks. */

export function clock(ms: number, tenths = false): string {
  const at = new Date(ms);
  const two = (number: number) => String(number).padStart(2, "0");
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return tenths ? `${time}.${Math.floor(at.getMilliseconds() / 100)}` : time;
}

export function day(ms: number): string {
  const at = new Date(ms);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** What the beginning of a file says of the time in front of it; null when nothing is missing. */
export function gapWords(began: string): string | null {
  const words: Record<string, string> = {
    gap: "pictures are missing before this",
    clock: "the clock was set",
    format: "the stream changed",
  };
  return words[began] ?? null;
}

export const KINDS: Record<string, string> = { manual: "By hand", continuous: "Continuous", action: "By a rule" };
