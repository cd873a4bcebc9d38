/** I/O ports, virtual inputs and the manual trigger over REST (docs/ports.md). */

import { call } from "../api";

export type Direction = "input" | "output";
export type Circuit = "open" | "closed";

export interface Port {
  /** Counted from 0, as clients do. */
  number: number;
  name: string;
  direction: Direction;
  usage: string;
  normal: Circuit;
  state: Circuit;
  active: boolean;
  /** Whether it goes through steps, such as a pulse. */
  busy: boolean;
}

export interface Board {
  most_ports: number;
  ports: Port[];
  virtual_inputs: { number: number; active: boolean }[];
  manual_trigger: boolean;
}

export type PortChange = Partial<Pick<Port, "name" | "direction" | "usage" | "normal">>;

export interface Drive {
  active: boolean;
  /** For so long, then the other way round. */
  seconds?: number;
}

export const board = {
  read: () => call<Board>("GET", "ports"),
  add: () => call<Board>("POST", "ports", {}),
  change: (number: number, change: PortChange) => call<Board>("PATCH", `ports/${number}`, change),
  remove: (number: number) => call<Board>("DELETE", `ports/${number}`),
  drivePort: (number: number, drive: Drive) => call<Board>("PUT", `ports/${number}/state`, drive),
  driveInput: (number: number, drive: Drive) => call<Board>("PUT", `virtual-inputs/${number}/state`, drive),
  driveTrigger: (drive: Drive) => call<Board>("PUT", "manual-trigger/state", drive),
};
