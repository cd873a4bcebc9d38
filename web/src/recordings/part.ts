export interface Part {
  /** ISO 8601; null for the recording's own beginning and end. */
  since: string | null;
  until: string | null;
  /** Why there is no such part. */
  error: string | null;
}

const SECOND = 1000;

/** The part of a recording between two moments that a person chose to the second; null where that second is the recording's own edge. */
export function partOf({ start, stop }: { start: number; stop: number }, from: number, to: number): Part {
  const [last, end] = [Math.floor(stop / SECOND), Math.floor(to / SECOND)];
  let error: string | null = null;
  if (to <= from) error = "The end must come after the beginning";
  else if (from >= stop || to <= start) error = "The recording has nothing then";
  return { since: from > start ? new Date(from).toISOString() : null, until: end < last ? new Date(to).toISOString() : null, error };
}
