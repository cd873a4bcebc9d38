/** The camera's time in words, for people in whatever zone their own computer is. */

import type { CameraTime } from "./calls";

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** Milliseconds east of UTC that an ISO time such as 2026-11-27T10:00:00.000+05:30 says. */
export function offsetOf(local: string): number {
  const found = /([+-])(\d\d):(\d\d)$/.exec(local);
  if (!found) return 0;
  const minutes = Number(found[2]) * 60 + Number(found[3]);
  return (found[1] === "-" ? -minutes : minutes) * 60_000;
}

/** What clocks beside the camera show at a moment. */
export function wallClock(utc: number, offset: number): { time: string; date: string } {
  const at = new Date(utc + offset);
  const iso = at.toISOString();
  return { time: iso.slice(11, 19), date: `${DAYS[at.getUTCDay()] ?? ""}, ${iso.slice(0, 10)}` };
}

/** A number of seconds as a person would say it: "2.5 s", "3 min", "5 h", "12 days". */
export function span(seconds: number): string {
  const size = Math.abs(seconds);
  if (size < 0.001) return "less than 1 ms";
  if (size < 1) return `${Math.round(size * 1000)} ms`;
  if (size < 90) return `${Number(size.toFixed(size < 10 ? 1 : 0))} s`;
  if (size < 5400) return `${Math.round(size / 60)} min`;
  if (size < 172_800) return `${Math.round(size / 3600)} h`;
  if (size < 730 * 86_400) return `${Math.round(size / 86_400)} days`;
  return `${(size / (365.25 * 86_400)).toFixed(1)} years`;
}

/** The clock of the Status page: what it shows, and whether it is right. */
export function followed({ local, source, synchronisation }: CameraTime): string {
  const shown = `${local.slice(0, 10)} ${local.slice(11, 16)}`;
  if (source === "manual") return `${shown}, set by hand`;
  if (source === "machine") return `${shown}, the machine's`;
  if (!synchronisation?.synchronised) return `${shown}, not synchronised: ${synchronisation?.reason ?? "no server is asked"}`;
  return `${shown}, synchronised; asked again in ${span(synchronisation.next_s)}`;
}

/** How the camera's clock compares with this computer's. */
export function compared(cameraMinusComputer: number): string {
  if (Math.abs(cameraMinusComputer) < 1) return "This computer's clock shows the same.";
  return `This computer's clock is ${span(cameraMinusComputer)} ${cameraMinusComputer > 0 ? "behind" : "ahead"}.`;
}
