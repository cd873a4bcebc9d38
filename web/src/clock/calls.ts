/** The camera's clock over REST (docs/time.md). */

import { call } from "../api";

export interface NtpServer {
  name: string;
  standing: "waiting" | "followed" | "agrees" | "disagrees" | "refused" | "silent" | "denied";
  reason: string;
  stratum: number | null;
  offset_s: number | null;
  delay_s: number | null;
}

export interface Synchronisation {
  synchronised: boolean;
  reason: string;
  offset_s: number | null;
  ago_s: number | null;
  next_s: number;
  servers: NtpServer[];
}

export interface CameraTime {
  utc: string;
  local: string;
  zone: string;
  zone_short: string;
  rule: string;
  daylight_saving: boolean;
  source: "machine" | "ntp" | "manual";
  correction_s: number;
  synchronisation: Synchronisation | null;
  warnings: string[];
}

export interface Zone {
  name: string;
  offset: string;
  daylight_saving: boolean;
}

export const clock = {
  read: () => call<CameraTime>("GET", "time"),
  set: (time: string) => call<CameraTime>("PUT", "time", { time }),
  synchronise: () => call<CameraTime>("POST", "time/synchronise"),
  zones: () => call<{ machine: string; zones: Zone[] }>("GET", "time/zones"),
};
