/** Recordings, disks and exports over REST (docs/recordings.md). */

import { call } from "../api";
import type { Report } from "../signed/report";

export interface Recording {
  id: string;
  disk: string;
  view: number;
  codec: string;
  width: number;
  height: number;
  fps: number;
  kind: string;
  trigger: string;
  /** ISO 8601, UTC. */
  start: string;
  stop: string;
  locked: boolean;
  running: boolean;
}

export interface Segment {
  number: number;
  start: string;
  stop: string;
  bytes: number;
  pictures: number;
  began: string;
}

/** A part that lies on a disk which cannot be read now. */
export interface Absent {
  disk: string;
  name: string;
  start: string;
  stop: string;
}

export interface Detail extends Recording {
  absent: Absent[];
  codec_string: string;
  segments: Segment[];
  /** Moments a player may jump to. */
  keys: string[];
}

export interface Disk {
  id: string;
  name: string;
  state: string;
  reason: string;
  total: number;
  free: number;
  queued: number;
  refused: number;
  recordings: number;
  protected: boolean;
}

export interface Export {
  id: string;
  stage: string;
  progress: number;
  reason: string;
  bytes: number;
  name: string;
}

/** Something that happened while recordings were made. */
export interface Mark {
  at: string;
  topic: string;
  text: string;
}

export interface Filter {
  view: number | null;
  kind: string | null;
  disk: string | null;
  since: string | null;
  until: string | null;
  offset: number;
  limit: number;
}

function query(values: object): string {
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== "");
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}

export const recordings = {
  list: (filter: Filter) => call<{ recordings: Recording[]; total: number }>("GET", `recordings?${query(filter)}`),
  one: (id: string) => call<Detail>("GET", `recordings/${id}`),
  marks: (since: string, until: string, recording = "") => call<{ marks: Mark[] }>("GET", `recording-marks?${query({ since, until, recording })}`),
  start: (options: string, disk: string) => call<Recording>("POST", "recordings", { options, disk }),
  stop: (id: string) => call<void>("POST", `recordings/${id}/stop`),
  lock: (id: string, locked: boolean) => call<void>("PATCH", `recordings/${id}`, { locked }),
  remove: (id: string) => call<void>("DELETE", `recordings/${id}`),
  disks: async () => (await call<{ disks: Disk[] }>("GET", "storage/disks")).disks,
  disk: (id: string, action: string) => call<Disk>("POST", `storage/disks/${id}`, { action }),
  export: (recording: string, format: string, since: string | null, until: string | null) =>
    call<Export>("POST", "exports", { recording, format, ...(since && { since }), ...(until && { until }) }),
  exported: (id: string) => call<Export>("GET", `exports/${id}`),
  verify: (id: string) => call<Report>("POST", `recordings/${id}/verify`, {}),
  cancel: (id: string) => call<void>("DELETE", `exports/${id}`),
};

/** The small picture of a moment; without one, of the beginning. */
export function stillOf(id: string, at: string | null, width: number): string {
  return `/api/v1/recordings/${id}/still.jpg?${query({ at, width })}`;
}
