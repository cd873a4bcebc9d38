import { call } from "../api";

export type LogId = "system" | "access" | "audit";
export type LogLevel = "debug" | "info" | "warning" | "error";

export interface LogFacts {
  id: LogId;
  title: string;
  purpose: string;
  bytes: number;
  most_bytes: number;
}

/** One line; `number` counts the lines of its log. */
export interface LogLine {
  number: number;
  wall_ms: number;
  level: LogLevel;
  part: string;
  text: string;
  fields: Record<string, string>;
}

export interface LogPage {
  entries: LogLine[];
  more: boolean;
}

/** What of a log is shown. */
export interface LogFilter {
  level: LogLevel;
  text: string;
}

export const PAGE = 200;

const words = (filter: LogFilter) => new URLSearchParams({ level: filter.level, text: filter.text }).toString();

export const logs = async () => (await call<{ logs: LogFacts[] }>("GET", "logs")).logs;
export const logPage = (log: LogId, filter: LogFilter, before: number) =>
  call<LogPage>("GET", `logs/${log}?limit=${PAGE}&before=${before}&${words(filter)}`);
export const logFile = (log: LogId) => `/api/v1/logs/${log}/text`;
export const liveAddress = (log: LogId, filter: LogFilter) =>
  `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/logs/${log}/live?${words(filter)}`;
