/** What an event says, in a sentence. Topics that are not known here are told by their own title and values. */

import type { CameraEvent } from "../api";

type Values = CameraEvent["data"];
type Sentence = (data: Values, source: Values) => string;

const because = (reason: unknown) => (reason ? `: ${String(reason)}` : "");
const area = (source: Values) => `View area ${source.area}`;
const listed = (names: unknown) => String(names).split(",").join(", ");

const SENTENCES: Record<string, Sentence> = {
  "Device/VideoSource/Lost": ({ lost, reason }) => (lost ? `The picture source was lost${because(reason)}` : "The picture source is back"),
  "VideoSource/LiveStreamAccessed": ({ accessed }) => (accessed ? "Somebody began to watch" : "Nobody watches any more"),
  "Device/Status/SystemReady": ({ ready }) => (ready ? "The camera is ready" : "The camera is not ready"),
  "Device/Access/AuthenticationFailed": ({ peer, account, protocol }) =>
    `Somebody at ${peer} gave a wrong name or password for ${account} (${String(protocol).toUpperCase()})`,
  "Device/Access/PasswordGuessing": ({ peer, account }) =>
    `${peer} guesses passwords${account === "*" ? "" : ` for ${account}`} and has to wait`,
  "Device/Configuration/Changed": ({ paths, by }) => `${by || "The camera"} changed ${listed(paths)}`,
  "Device/Configuration/StorageFailed": ({ failed, reason }) =>
    failed ? `Settings cannot be saved${because(reason)}` : "Settings can be saved again",
  "PTZController/Moving": ({ moving }, source) => `${area(source)} ${moving ? "began to move" : "came to rest"}`,
  "PTZController/PresetReached": ({ on_preset, name }, source) =>
    on_preset ? `${area(source)} reached the preset position ${name}` : `${area(source)} left its preset position`,
  "PTZController/Tour": ({ running, name }, source) => `${area(source)}: the guard tour ${name || ""} ${running ? "runs" : "ended"}`.replace("  ", " "),
  "PTZController/Control": ({ controlled, by }, source) => (controlled ? `${by} controls ${area(source).toLowerCase()}` : `${area(source)} is free again`),
  "Storage/Disruption": ({ disruption, reason }, { disk_id }) =>
    disruption ? `The disk ${disk_id} cannot be used${because(reason)}` : `The disk ${disk_id} can be used again`,
  "Storage/Full": ({ full }, { disk_id }) => (full ? `The disk ${disk_id} is full` : `The disk ${disk_id} has room again`),
  "Storage/Recording": ({ recording }, { disk_id }) => (recording ? `A recording began on ${disk_id}` : `Recording on ${disk_id} ended`),
  "VideoSource/PrivacyMasks": ({ hidden, names, by }) => (hidden ? `${by} took away the privacy masks ${listed(names)}` : "All privacy masks are in place"),
};

/** What the values of an event are called when nothing better is known: "name: value" of each. */
function plainly({ title, data, source }: CameraEvent): string {
  const told = Object.entries({ ...source, ...data }).map(([name, value]) => `${name.replaceAll("_", " ")}: ${value === true ? "yes" : value === false ? "no" : value}`);
  return told.length ? `${title} (${told.join(", ")})` : title;
}

export function sentence(event: CameraEvent): string {
  return SENTENCES[event.topic]?.(event.data, event.source) ?? plainly(event);
}

/** Whether somebody should do something about it: a condition that is bad, or an attempt to get in. */
export function alarming({ topic, data }: CameraEvent): boolean {
  const BAD: Record<string, string> = {
    "Device/VideoSource/Lost": "lost",
    "Device/Configuration/StorageFailed": "failed",
    "Storage/Disruption": "disruption",
    "Storage/Full": "full",
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
