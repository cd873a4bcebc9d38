/** What an event says, in a sentence. Topics that are not known here are told by their own title and values. */

import type { CameraEvent } from "../api";

type Values = CameraEvent["data"];
type Sentence = (data: Values, source: Values) => string;

const because = (reason: unknown) => (reason ? `: ${String(reason)}` : "");
const area = (source: Values) => `View area ${source.area}`;
const port = ({ port }: Values) => Number(port) + 1;
const activity = (active: unknown) => (active ? "became active" : "is inactive again");
const listed = (names: unknown) => String(names).split(",").join(", ");

const SENTENCES: Record<string, Sentence> = {
  "Device/VideoSource/Lost": ({ lost, reason }) => (lost ? `The picture source was lost${because(reason)}` : "The picture source is back"),
  "VideoSource/LiveStreamAccessed": ({ accessed }) => (accessed ? "Somebody began to watch" : "Nobody watches any more"),
  "Device/IO/Input": ({ active }, source) => `Input port ${port(source)} ${activity(active)}`,
  "Device/IO/Output": ({ active }, source) => `Output port ${port(source)} ${activity(active)}`,
  "Device/IO/VirtualInput": ({ active }, { port }) => `Virtual input ${port} ${activity(active)}`,
  "Device/IO/ManualTrigger": ({ active }) => (active ? "Somebody pulled the manual trigger" : "The manual trigger was let go"),
  "Device/Network/Lost": ({ lost }, { interface: name }) => (lost ? `The network at ${name} was lost` : `The network at ${name} is back`),
  "VideoSource/DayNight": ({ day }) => (day ? "It became day" : "It became night"),
  "Device/Status/SystemReady": ({ ready }) => (ready ? "The camera is ready" : "The camera is not ready"),
  "Device/Access/AuthenticationFailed": ({ peer, account, protocol }) =>
    `Somebody at ${peer} gave a wrong name or password for ${account} (${String(protocol).toUpperCase()})`,
  "Device/Access/PasswordGuessing": ({ peer, account }) =>
    `${peer} guesses passwords${account === "*" ? "" : ` for ${account}`} and has to wait`,
  "Device/Configuration/Changed": ({ paths, by }) => `${by || "The camera"} changed ${listed(paths)}`,
  "Device/Configuration/StorageFailed": ({ failed, reason }) =>
    failed ? `Settings cannot be saved${because(reason)}` : "Settings can be saved again",
  "Device/SystemMessage/ActionFailed": ({ name, description }) => `The rule ${name} failed: ${description}`,
  "Schedule/Active": ({ active }, { schedule }) => `The schedule ${schedule} ${active ? "began" : "ended"}`,
  "Schedule/Pulse": (_, { schedule }) => `The pulse ${schedule} came`,
  "PTZController/Moving": ({ moving }, source) => `${area(source)} ${moving ? "began to move" : "came to rest"}`,
  "PTZController/PresetReached": ({ on_preset, name }, source) =>
    on_preset ? `${area(source)} reached the preset position ${name}` : `${area(source)} left the preset position ${name}`,
  "PTZController/Tour": ({ running, name }, source) => `${area(source)}: the guard tour ${name || ""} ${running ? "runs" : "ended"}`.replace("  ", " "),
  "PTZController/Control": ({ controlled, by }, source) => (controlled ? `${by} controls ${area(source).toLowerCase()}` : `${area(source)} is free again`),
  "Storage/Disruption": ({ disruption, reason }, { disk_id }) =>
    disruption ? `The disk ${disk_id} cannot be used${because(reason)}` : `The disk ${disk_id} can be used again`,
  "Storage/Full": ({ full }, { disk_id }) => (full ? `The disk ${disk_id} is full` : `The disk ${disk_id} has room again`),
  "Storage/Failover": ({ away, to, reason }, { disk_id }) =>
    away ? `Recordings of ${disk_id} go to ${to} meanwhile${because(reason)}` : `Recordings go to ${disk_id} again`,
  "Storage/AgeingPaused": ({ paused, ahead }) =>
    paused ? `The clock jumped ahead by ${String(ahead)} days: nothing is removed for its age meanwhile` : "Recordings that are too old are removed again",
  "Storage/AnyRecording": ({ recording }) => (recording ? "Something is recorded" : "Nothing is recorded any more"),
  "Storage/Recording": ({ recording }, { disk_id }) => (recording ? `A recording began on ${disk_id}` : `Recording on ${disk_id} ended`),
  "VideoSource/PrivacyMasks": ({ hidden, names, by }) => (hidden ? `${by} took away the privacy masks ${listed(names)}` : "All privacy masks are in place"),
};

/** What the values of an event are called when nothing better is known: "name: value" of each. */
function plainly({ title, data, source }: CameraEvent): string {
  const told = Object.entries({ ...source, ...data }).map(([name, value]) => `${name.replaceAll("_", " ")}: ${value === true ? "yes" : value === false ? "no" : value}`);
  return told.length ? `${title} (${told.join(", ")})` : title;
}

export function sentence(event: CameraEvent): string {
  if (event.operation === "Deleted") return `${name(event)} is no longer there`;
  return SENTENCES[event.topic]?.(event.data, event.source) ?? plainly(event);
}

/** What a condition is called, with the source that it is about. */
export function name({ topic, title, source }: CameraEvent): string {
  const value = Object.values(source)[0];
  if (value === undefined || topic === "VideoSource/DayNight") return title;
  return `${title} ${topic === "Device/IO/Input" || topic === "Device/IO/Output" ? port(source) : value}`;
}

/** Whether an event is news: a condition that is told for the first time and does not hold is none. */
export function happened({ operation, active }: CameraEvent): boolean {
  return operation !== "Initialized" || active;
}

const LONGEST = 1000;
const identity = ({ topic, source }: CameraEvent) => `${topic} ${JSON.stringify(source)}`;

/** Events with one more, each once and the newest first. `one`: only the last of each condition, none of what is gone. */
export function together(event: CameraEvent, known: CameraEvent[], one = false): CameraEvent[] {
  const same = one ? (other: CameraEvent) => identity(other) === identity(event) : ({ sequence }: CameraEvent) => sequence === event.sequence;
  const others = known.filter((other) => !same(other));
  if (one && event.operation === "Deleted") return others;
  return [event, ...others].sort((a, b) => b.sequence - a.sequence).slice(0, LONGEST);
}

/** Whether somebody should do something about it: a condition that is bad, or an attempt to get in. */
export function alarming({ topic, data }: CameraEvent): boolean {
  const BAD: Record<string, string> = {
    "Device/VideoSource/Lost": "lost",
    "Device/Configuration/StorageFailed": "failed",
    "Storage/Disruption": "disruption",
    "Storage/Full": "full",
    "Device/Network/Lost": "lost",
    "Storage/Failover": "away",
    "Storage/AgeingPaused": "paused",
    "VideoSource/PrivacyMasks": "hidden",
  };
  return topic.startsWith("Device/Access/") || data[BAD[topic] ?? ""] === true;
}

/** The kinds of events among some, each once, by their titles. */
export function kinds(events: CameraEvent[]): { value: string; label: string }[] {
  const titles = new Map(events.map(({ topic, title }) => [topic, title]));
  return [...titles].map(([value, label]) => ({ value, label })).sort((a, b) => a.label.localeCompare(b.label));
}

/** Events of a kind (null is all) whose sentence or title holds all the words, whatever their case. */
export function found(events: CameraEvent[], kind: string | null, words: string): CameraEvent[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return events.filter((event) => {
    const text = `${sentence(event)} ${event.title}`.toLowerCase();
    return (!kind || event.topic === kind) && wanted.every((word) => text.includes(word));
  });
}
