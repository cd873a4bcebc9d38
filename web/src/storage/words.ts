import { bytes } from "../status/words";
import type { StorageDisk } from "./calls";

export const STATES: Record<string, { label: string; color: string }> = {
  OK: { label: "ready", color: "teal" },
  full: { label: "full", color: "orange" },
  readonly: { label: "read only", color: "orange" },
  connecting: { label: "connecting", color: "blue" },
  unmounted: { label: "not mounted", color: "gray" },
  failed: { label: "not there", color: "red" },
};

/** What stands in for a disk just now, and what still has to be brought to it; null when all is as it should be. */
export function meanwhile({ homecoming: home, name }: StorageDisk): string | null {
  const waits = home.waiting > 0 || home.bytes > 0;
  if (home.away) return `Its recordings go to the card meanwhile${waits ? `; ${bytes(home.bytes)} wait to be brought over` : ""}.`;
  if (home.segment) return `Being brought over from the card: ${files(home.waiting)}, ${bytes(home.bytes)}.`;
  if (home.waiting > 0) return `${files(home.waiting)} (${bytes(home.bytes)}) wait on the card until ${name} is there again.`;
  if (home.stuck > 0) return `${files(home.stuck)} could not be brought over and stay on the card.`;
  return null;
}

function files(count: number): string {
  return count === 1 ? "1 file" : `${count} files`;
}

/** What a disk is: its file system and how worn it is where that is known, or how a share is spoken to. */
export function nature({ facts }: StorageDisk): string {
  if (facts.version) return `SMB ${facts.version}, ${facts.encrypted === "yes" ? "encrypted" : "signed, not encrypted"}`;
  if (facts.filesystem === "cifs") return "SMB";
  return [facts.filesystem, facts.wear && `${facts.wear} % worn`].filter(Boolean).join(", ");
}
