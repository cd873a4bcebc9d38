/** Calls to the camera's REST interface (docs/rest.md). Every failure is an ApiError whose message a person can act on. */

import type { Report, SigningIdentity } from "./signed/report";

export type Role = "viewer" | "operator" | "administrator" | "none";

export interface CameraState {
  setup_needed: boolean;
  preview_seconds: number;
  ready: boolean;
  /** Another one after each start. */
  boot_id: string;
  name: string;
  model: string;
  version: string;
  serial: string;
  https_port: number | null;
  passwords_allowed: boolean;
}

export interface Me {
  username: string;
  role: Role;
  ptz: boolean;
  csrf: string | null;
  password_age_days: number | null;
  password_is_old: boolean;
}

export interface Pose {
  view: number;
  pan: number;
  tilt: number;
  hfov: number;
  zoom: number;
}

export interface View {
  index: number;
  camera: number;
  name: string;
  available: boolean;
  reason: string;
  resolutions: string[];
  ptz: boolean;
  /** Axes that are not moved by hand. */
  held: Axis[];
  pose: Pose | null;
}

export type Axis = "pan" | "tilt" | "zoom";

export interface Account {
  username: string;
  role: Role;
  ptz: boolean;
  comment: string;
  password_age_days: number;
}

/** Something that happened; `wall_ms` is UTC since 1970. */
export interface CameraEvent {
  sequence: number;
  wall_ms: number;
  topic: string;
  title: string;
  stateful: boolean;
  /** Of a condition; null for a pulse. */
  operation: "Initialized" | "Changed" | "Deleted" | null;
  /** Whether the condition holds; true for a pulse. */
  active: boolean;
  source: Record<string, string | number | boolean>;
  data: Record<string, string | number | boolean>;
}

export type SettingValue = string | number | boolean | null | SettingValue[] | { [key: string]: SettingValue };

export interface Settings {
  values: Record<string, SettingValue>;
  restart_needed: string[];
}

export interface Codec {
  codec: string;
  /** Whether the live view offers it. */
  live: boolean;
  note: string;
}

/** The lens and its image circle in source pixels, as they are used now. */
export interface Lens {
  model: string;
  fov: number;
  circle: { cx: number; cy: number; radius: number };
  width: number;
  height: number;
}

export interface SourceStatus {
  uri: string;
  state: string;
  reason: string;
  size: string;
  fps: number;
  frames: number;
  corrupt: number;
  restarts: number;
}

export interface ChannelStatus {
  view: number;
  codec: string;
  resolution: string;
  running: boolean;
  subscribers: number;
  fps: number;
  frames: number;
  bytes: number;
  missed: number;
  dropped: number;
  latency_ms: number | null;
}

export interface ClientStatus {
  transport: string;
  address: string;
  account: string;
  view: number | null;
  codec: string | null;
  resolution: string | null;
  seconds: number;
  delivered: number;
  bytes: number;
  dropped: number;
}

export interface Status {
  /** Why this run began, in a few words. */
  started: string;
  uptime: number;
  source: SourceStatus;
  channels: ChannelStatus[];
  clients: ClientStatus[];
}

/** A named set of stream arguments; ``argument`` is what a stream's address says to use it. */
export interface StreamProfile {
  name: string;
  description: string;
  parameters: string;
  argument: string;
}

/** A combination of views, frame rate and functions that the sensor can be used for. */
export interface CaptureMode {
  name: string;
  number: number;
  title: string;
  selected: boolean;
  fps: number;
  /** The rate is the source's own, in every mode. */
  source_rate: boolean;
  views: string[];
  wdr: boolean;
  horizon_straightening: boolean;
}

/** Where the last restart of the picture stands. */
export interface Restart {
  number: number;
  step: "none" | "opening" | "first picture" | "waiting" | "done";
  progress: number;
  reason: string;
  seconds: number;
  ended_views: string[];
}

export interface Installation {
  capture_mode: string;
  capture_modes: CaptureMode[];
  mount: string;
  power_line: number;
  horizon: { available: boolean; reason: string };
  restart: Restart;
}

export interface RestartWish {
  capture_mode?: string;
  mount?: string;
  power_line?: number;
}

/** Lines of the true world as a view shows them, in pixels of the view. */
export interface WorldLines {
  width: number;
  height: number;
  lines: { upright: boolean; degrees: number; points: [number, number][] }[];
}

/** How the newest picture was exposed; ``shutter`` is empty where the source does not tell. */
export interface ExposureState {
  mode: string;
  shutter_s: number | null;
  shutter: string;
  gain_db: number | null;
  luminance: number | null;
  target: number;
  clipped: number;
  adapting: boolean;
  limited: number;
  hurried: boolean;
  warnings: string[];
}

/** Whether a setting of the picture has an effect with this source; if not, why. */
/** Whether a setting of the picture has an effect with this source; if not, why. */
export interface Capability {
  path: string;
  supported: boolean;
  how: "hardware" | "simulated" | "digital" | null;
  reason: string;
}

export interface SceneProfile {
  name: string;
  title: string;
  description: string;
  values: Record<string, SettingValue>;
  active: boolean;
}

/** A place of a view: x and y from 0 to 1, and the picture's width / height. */
export interface Place {
  view: number;
  x: number;
  y: number;
  aspect: number;
}

export interface AccountWish {
  username: string;
  password: string;
  role: Role;
  ptz: boolean;
  comment: string;
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** The argument or setting that was refused, where there is one. */
    readonly field: string | null = null,
    /** Seconds to wait before trying again, where the camera says so. */
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }
}

let csrf: string | null = null;

/** Remember the token that proves that changes come from this page. */
export function useToken(token: string | null): void {
  csrf = token;
}

let loggedOut: () => void = () => undefined;

/** What to do when the camera no longer knows this page's session. */
export function onLoggedOut(handler: () => void): void {
  loggedOut = handler;
}

/** Where 401 is an answer about a password and not the end of the session. */
const ASKS_FOR_A_PASSWORD = ["login", "me", "me/password"];

/** One request; what is particular to a page has its own calls in its folder. */
export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (csrf && method !== "GET") headers["X-CSRF-Token"] = csrf;
  let response: Response;
  try {
    response = await fetch(`/api/v1/${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new ApiError(0, "The camera does not answer. Is it running, and is the network up?");
  }
  if (response.status === 401 && !ASKS_FOR_A_PASSWORD.includes(path)) loggedOut();
  if (!response.ok) throw await failure(response);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** Send a file as it is, with progress from 0 to 1, which ``fetch`` does not tell. */
function upload<T>(path: string, file: File, progress: (done: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/${path}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    if (csrf) request.setRequestHeader("X-CSRF-Token", csrf);
    request.upload.onprogress = ({ loaded, total }) => progress(total > 0 ? loaded / total : 0);
    request.upload.onload = () => progress(1);
    request.onerror = () => reject(new ApiError(0, "The camera broke the transfer off. Is the file too large, or the network down?"));
    request.onload = () => {
      if (request.status === 401) loggedOut();
      if (request.status === 200) resolve(JSON.parse(request.responseText) as T);
      else void failure(new Response(request.responseText, { status: request.status, statusText: request.statusText })).then(reject);
    };
    request.send(file);
  });
}

async function failure(response: Response): Promise<ApiError> {
  const wait = Number(response.headers.get("Retry-After")) || null;
  try {
    const { error } = (await response.json()) as { error: { message: string; name?: string | null } };
    return new ApiError(response.status, error.message, error.name ?? null, wait);
  } catch {
    return new ApiError(response.status, `The camera answered ${response.status} ${response.statusText}`);
  }
}

export const api = {
  state: () => call<CameraState>("GET", "state"),
  me: () => call<Me>("GET", "me"),
  login: (username: string, password: string) => call<Me>("POST", "login", { username, password }),
  logout: () => call<void>("POST", "logout"),
  setup: (username: string, password: string, password_again: string, licence_accepted: boolean) =>
    call<Me>("POST", "setup", { username, password, password_again, licence_accepted }),
  views: async () => (await call<{ views: View[] }>("GET", "views")).views,
  codecs: async () => (await call<{ codecs: Codec[] }>("GET", "codecs")).codecs,
  lens: () => call<Lens>("GET", "lens"),
  pose: (view: number) => call<Pose>("GET", `views/${view}/pose`),
  settings: () => call<Settings>("GET", "settings"),
  change: (changes: Record<string, SettingValue>) => call<Settings>("PATCH", "settings", changes),
  schema: () => call<Record<string, unknown>>("GET", "settings/schema"),
  accounts: async () => (await call<{ accounts: Account[] }>("GET", "accounts")).accounts,
  addAccount: (account: AccountWish) => call<Account>("POST", "accounts", account),
  changeAccount: (name: string, changes: Partial<AccountWish>) => call<Account>("PATCH", `accounts/${encodeURIComponent(name)}`, changes),
  removeAccount: (name: string) => call<void>("DELETE", `accounts/${encodeURIComponent(name)}`),
  changePassword: (old: string, fresh: string) => call<Me>("POST", "me/password", { old, new: fresh }),
  status: () => call<Status>("GET", "status"),
  events: async () => (await call<{ events: CameraEvent[] }>("GET", "events?limit=1000")).events,
  conditions: async () => (await call<{ events: CameraEvent[] }>("GET", "events/conditions")).events,
  exposure: () => call<ExposureState>("GET", "image/exposure"),
  capabilities: async () => (await call<{ capabilities: Capability[] }>("GET", "image/capabilities")).capabilities,
  profiles: async () => (await call<{ profiles: SceneProfile[] }>("GET", "image/profiles")).profiles,
  applyProfile: async (profile: string) => (await call<{ profiles: SceneProfile[] }>("POST", "image/profile", { profile })).profiles,
  whiteReference: (place: Place) => call<{ red_gain: number; blue_gain: number }>("POST", "image/white-reference", place),
  signingIdentity: () => call<SigningIdentity>("GET", "signed-video"),
  verifyVideo: (file: File, progress: (done: number) => void) =>
    upload<Report>(`signed-video/verify?name=${encodeURIComponent(file.name)}`, file, progress),
  streamProfiles: () => call<{ most: number; profiles: StreamProfile[] }>("GET", "stream-profiles"),
  keepProfile: (name: string, description: string, parameters: string) =>
    call<StreamProfile>("PUT", `stream-profiles/${encodeURIComponent(name)}`, { description, parameters }),
  removeProfile: (name: string) => call<void>("DELETE", `stream-profiles/${encodeURIComponent(name)}`),
  installation: () => call<Installation>("GET", "installation"),
  restart: (wish: RestartWish) => call<Restart>("POST", "installation/restart", wish),
  restartProgress: () => call<Restart>("GET", "installation/restart"),
  levelGrid: (view: number, width: number, height: number) => call<WorldLines>("GET", `level-grid?view=${view}&width=${width}&height=${height}`),
};

/** The message to show for whatever was thrown. */
export function saying(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The address of one still picture of a view. */
export function stillAddress(view: View, resolution: string | null): string {
  return `/axis-cgi/jpg/image.cgi?camera=${view.camera}${resolution ? `&resolution=${resolution}` : ""}`;
}
