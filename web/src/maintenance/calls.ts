import { call } from "../api";

export type ResetMode = "soft" | "hard";

export interface MaintenanceFacts {
  boot_id: string;
  started_because: string;
  orderly: boolean;
  crash_report: boolean;
  reset_removes: { what: string; soft: boolean; hard: boolean }[];
}

interface Begun {
  boot_id: string;
}

export const maintenance = () => call<MaintenanceFacts>("GET", "maintenance");
export const restart = () => call<Begun>("POST", "maintenance/restart");
export const factoryDefault = (mode: ResetMode, confirm: string) => call<Begun>("POST", "maintenance/factory-default", { mode, confirm });
export const reportFile = (mode: "zip_with_image" | "text") => `/api/v1/maintenance/report?mode=${mode}`;
