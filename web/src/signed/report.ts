/** What the camera's verification finds, and how it is shown. */

export type Verdict = "intact" | "pending" | "incomplete" | "altered" | "unproven" | "unsigned";

export interface Part {
  verdict: Verdict;
  first: number;
  last: number;
  at: number;
  until: number;
  reason: string;
  bad: number[];
  missing: number;
  counter: number | null;
  start_us: number | null;
  end_us: number | null;
}

export interface Signer {
  format: string;
  product: { hardware: string; firmware: string; serial: string; manufacturer: string; address: string };
  fingerprint: string;
  subject: string;
  issuer: string;
  trusted: "trusted" | "not trusted" | "not checked";
  reason: string;
}

export interface Track {
  number: number;
  codec: string;
  verdict: Verdict;
  summary: string;
  pictures: number;
  counts: { good: number; bad: number; missing: number; pending: number };
  identity: Signer | null;
  parts: Part[];
  problems: { at: number; reason: string }[];
}

export interface Report {
  name: string;
  verdict: Verdict;
  summary: string;
  seconds: number;
  tracks: Track[];
  notes: string[];
}

/** Who signs this camera's video. */
export interface SigningIdentity {
  serial: string;
  fingerprint: string;
  subject: string;
  issuer: string;
  key_store: string;
  protection: string;
  former_keys: number;
}

export const COLOURS: Record<Verdict, string> = {
  intact: "teal",
  pending: "gray",
  incomplete: "orange",
  altered: "red",
  unproven: "yellow",
  unsigned: "gray",
};

export const WORDS: Record<Verdict, string> = {
  intact: "Intact",
  pending: "Signed later",
  incomplete: "Incomplete",
  altered: "Not intact",
  unproven: "Not proven",
  unsigned: "Not signed",
};

/** A stretch of the timeline with one verdict, in percent of the whole. */
export interface Stretch {
  verdict: Verdict;
  left: number;
  width: number;
  label: string;
}

const THINNEST = 0.4;

/** Neighbours with the same verdict become one; what is bad stays visible however short it is. */
export function stretches(track: Track, seconds: number): Stretch[] {
  const whole = Math.max(seconds, 0.001);
  const runs: { verdict: Verdict; from: number; to: number; parts: number }[] = [];
  for (const part of track.parts) {
    const last = runs.at(-1);
    if (last && last.verdict === part.verdict) {
      last.to = Math.max(last.to, part.until);
      last.parts += 1;
    } else runs.push({ verdict: part.verdict, from: part.at, to: Math.max(part.at, part.until), parts: 1 });
  }
  return runs.map(({ verdict, from, to, parts }) => {
    const width = Math.min(100, Math.max(THINNEST, (100 * (to - from)) / whole));
    const left = Math.min(100 - width, (100 * from) / whole);
    return { verdict, left, width, label: `${clock(from)} to ${clock(to)}: ${WORDS[verdict].toLowerCase()}, ${parts} ${parts === 1 ? "part" : "parts"}` };
  });
}

/** Seconds as 1:02:03.4. */
export function clock(seconds: number): string {
  const tenths = Math.round(Math.max(0, seconds) * 10);
  const [hours, minutes, rest] = [Math.floor(tenths / 36_000), Math.floor(tenths / 600) % 60, (tenths % 600) / 10];
  const tail = `${rest < 10 ? "0" : ""}${rest.toFixed(1)}`;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/** Which pictures a part is about. */
export function pictures({ first, last }: Part): string {
  if (last < first) return "none";
  return first === last ? String(first) : `${first} to ${last}`;
}

/** The moment that was signed, in the reader's own time zone. */
export function moment(time_us: number | null): string {
  return time_us === null || Math.abs(time_us) > 8.64e18 ? "–" : new Date(time_us / 1000).toLocaleString();
}
