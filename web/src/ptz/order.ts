/** Lists that are put in order by hand, and the words for times. Pure, so that they are tested without a browser. */

/** ``list`` with the element at ``from`` moved to ``to``; out of range it stays as it is. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = [...list];
  if (from < 0 || to < 0 || from >= rest.length || to >= rest.length) return rest;
  const [taken] = rest.splice(from, 1);
  if (taken !== undefined) rest.splice(to, 0, taken);
  return rest;
}

/** 75 as "1:15". */
export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Seconds as the number and unit in which a person would say them. */
export function inUnits(seconds: number): { value: number; unit: "s" | "min" } {
  return seconds >= 60 && seconds % 60 === 0 ? { value: seconds / 60, unit: "min" } : { value: seconds, unit: "s" };
}

/** How a pan reads on a compass of degrees: always one decimal, no minus zero. */
export function degrees(angle: number): string {
  return `${(Math.round(angle * 10) / 10 + 0).toFixed(1)}°`;
}
