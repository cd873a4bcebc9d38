/** Lengths of time in words and as hours, minutes and seconds. */

export const DAY_S = 86_400;

/** 5430 as hours, minutes and seconds. */
export function parts(seconds: number): { hours: number; minutes: number; seconds: number } {
  return { hours: Math.floor(seconds / 3600), minutes: Math.floor(seconds / 60) % 60, seconds: seconds % 60 };
}

const UNITS = [
  { unit: "day", seconds: DAY_S },
  { unit: "hour", seconds: 3600 },
  { unit: "minute", seconds: 60 },
  { unit: "second", seconds: 1 },
] as const;

export type Unit = (typeof UNITS)[number]["unit"];

export const LENGTHS: Record<Unit, number> = { second: 1, minute: 60, hour: 3600, day: DAY_S };

/** 5430 as "1 hour 30 minutes 30 seconds". */
export function lasting(seconds: number): string {
  const told: string[] = [];
  let left = seconds;
  for (const { unit, seconds: length } of UNITS) {
    const count = unit === "second" ? left : Math.floor(left / length);
    if (count > 0) told.push(`${count} ${unit}${count === 1 ? "" : "s"}`);
    left -= count * length;
  }
  return told.join(" ") || "0 seconds";
}

/** A length in the largest unit of which it is a whole number. */
export function inWhole(seconds: number): { count: number; unit: Unit } {
  const fit = UNITS.find(({ seconds: length }) => seconds >= length && seconds % length === 0);
  return fit ? { count: seconds / fit.seconds, unit: fit.unit } : { count: seconds, unit: "second" };
}
