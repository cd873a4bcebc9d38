import { STATES } from "../storage/words";
import type { Disk } from "./calls";

export interface Place {
  /** Where a recording can go at this moment, the first one that serves first. */
  usable: Disk[];
  /** Why there is none, as a sentence; null when there is one. */
  reason: string | null;
}

/** Where something can be recorded now, or why nowhere. */
export function placeOf(disks: Disk[]): Place {
  const usable = disks.filter((disk) => disk.state === "OK" && !disk.protected);
  if (usable.length > 0) return { usable, reason: null };
  if (disks.length === 0) return { usable, reason: "There is no storage yet: neither a card nor a network share." };
  return { usable, reason: disks.map(trouble).join(" ") };
}

function trouble({ name, state, reason, protected: locked }: Disk): string {
  if (state === "OK" && locked) return `${name} is write-protected.`;
  return `${name} is ${STATES[state]?.label ?? state}${reason ? `: ${reason}` : ""}.`;
}
