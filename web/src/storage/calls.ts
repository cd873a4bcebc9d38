/** Disks and network shares over REST (docs/storage.md). */

import { call } from "../api";

export interface Action {
  id: number;
  name: string;
  target: string;
  end: "running" | "done" | "failed" | "cancelled";
  progress: number;
  words: string;
  stoppable: boolean;
}

/** What belongs on a disk and lies elsewhere. */
export interface Homecoming {
  away: boolean;
  waiting: number;
  bytes: number;
  moved: number;
  segment: string;
  progress: number;
  stuck: number;
  reason: string;
}

export interface StorageDisk {
  id: string;
  name: string;
  state: string;
  reason: string;
  total: number;
  free: number;
  refused: number;
  recordings: number;
  protected: boolean;
  facts: Record<string, string>;
  running: number;
  continuous: number[];
  homecoming: Homecoming;
  action: Action | null;
}

export interface Rules {
  retention_days: number;
  most_mb: number;
  remove_oldest: boolean;
  protected: boolean;
}

export interface Share extends Rules {
  id: string;
  name: string;
  address: string;
  port: number;
  share: string;
  folder: string;
  user: string;
  version: string;
  disk: string;
  has_password: boolean;
}

export interface ShareFields {
  name: string;
  address: string;
  port: number;
  share: string;
  folder: string;
  user: string;
  password: string;
  version: string;
}

export const VERSIONS = ["auto", "3.1.1", "3.0.2", "3.0", "2.1", "2.0.2"];

/** Whether removing by age is paused; seconds. */
export interface Ageing {
  paused: boolean;
  ahead: number;
  rest: number;
}

export const storage = {
  ageing: () => call<Ageing>("GET", "storage/ageing"),
  believe: () => call<Ageing>("POST", "storage/ageing", { action: "confirm" }),
  disks: async () => (await call<{ disks: StorageDisk[] }>("GET", "storage/disks")).disks,
  act: (disk: string, action: string) => call<StorageDisk>("POST", `storage/disks/${disk}`, { action, ...(action === "format" && { confirm: disk }) }),
  action: (id: number) => call<Action>("GET", `storage/actions/${id}`),
  stop: (id: number) => call<Action>("DELETE", `storage/actions/${id}`),
  shares: async () => (await call<{ shares: Share[] }>("GET", "storage/shares")).shares,
  trial: (fields: ShareFields) => call<Action>("POST", "storage/trials", fields),
  add: (fields: ShareFields) => call<Share>("POST", "storage/shares", { ...fields, test: false }),
  change: (id: string, fields: Partial<ShareFields & Rules>) => call<Share>("PATCH", `storage/shares/${id}`, fields),
  share: (id: string, action: "bind" | "unbind" | "test") => call<Action>("POST", `storage/shares/${id}`, { action }),
  forget: (id: string) => call<void>("DELETE", `storage/shares/${id}`),
};

/** Follow an action to its end; `told` hears of each look. */
export async function followed(action: Action, told: (now: Action) => void, lookEvery = 300): Promise<Action> {
  let now = action;
  told(now);
  while (now.end === "running") {
    await new Promise((resolve) => setTimeout(resolve, lookEvery));
    now = await storage.action(now.id);
    told(now);
  }
  return now;
}
