import { describe, expect, it } from "vitest";

import type { CameraEvent } from "../api";
import { alarming, found, happened, kinds, name, sentence, together } from "./words";

const event = (topic: string, title: string, data: CameraEvent["data"] = {}, source: CameraEvent["source"] = {}): CameraEvent => ({
  sequence: 1,
  wall_ms: 0,
  topic,
  title,
  stateful: false,
  operation: null,
  active: true,
  source,
  data,
});

const LOST = event("Device/VideoSource/Lost", "Video source lost", { lost: true, reason: "the cable was pulled" }, { channel: 0 });
const BACK = event("Device/VideoSource/Lost", "Video source lost", { lost: false, reason: "" }, { channel: 0 });
const CHANGED = event("Device/Configuration/Changed", "Settings changed", { paths: "stream.codec,stream.fps", by: "anna" });
const NEW = event("Some/Day", "Something new", { it_is: true, count: 3 });

describe("events in words", () => {
  it("says what happened", () => {
    expect(sentence(LOST)).toBe("The picture source was lost: the cable was pulled");
    expect(sentence(BACK)).toBe("The picture source is back");
    expect(sentence(CHANGED)).toBe("anna changed stream.codec, stream.fps");
    expect(sentence(event("Device/SystemMessage/ActionFailed", "A rule's action failed", { rule: 1, name: "Round", description: "no tour 1" }))).toBe("The rule Round failed: no tour 1");
    expect(sentence(event("Schedule/Active", "Schedule active", { active: true }, { schedule: "night" }))).toBe("The schedule night began");
    expect(sentence(event("PTZController/Moving", "View area moves", { moving: true }, { area: 2 }))).toBe("View area 2 began to move");
  });

  it("tells what it does not know by its values", () => {
    expect(sentence(NEW)).toBe("Something new (it is: yes, count: 3)");
  });

  it("knows what is alarming", () => {
    expect([LOST, BACK, CHANGED, NEW].map(alarming)).toEqual([true, false, false, false]);
    expect(alarming(event("Device/Access/AuthenticationFailed", "Wrong user name or password"))).toBe(true);
  });

  it("tells no beginnings as happenings", () => {
    const first = { ...BACK, operation: "Initialized" as const, active: false };
    expect(happened(first)).toBe(false);
    expect(happened({ ...first, active: true })).toBe(true);
    expect(happened({ ...first, operation: "Changed" })).toBe(true);
    expect(happened(CHANGED)).toBe(true);
  });

  it("names a condition by its source, and says that it is gone", () => {
    const port = event("Device/IO/Input", "Digital input", { active: true }, { port: 0 });
    expect(name(port)).toBe("Digital input 1");
    expect(sentence(port)).toBe("Input port 1 became active");
    expect(sentence({ ...port, operation: "Deleted" })).toBe("Digital input 1 is no longer there");
    expect(name(event("Device/Status/SystemReady", "System ready"))).toBe("System ready");
  });

  it("keeps each event once, and the last of each condition", () => {
    const at = (sequence: number, port: number, operation: CameraEvent["operation"] = "Changed") => ({
      ...event("Device/IO/Input", "Digital input", { active: true }, { port }),
      sequence,
      operation,
    });
    const order = (events: CameraEvent[]) => events.map(({ sequence }) => sequence);
    expect(order(together(at(3, 0), [at(2, 1), at(1, 0)]))).toEqual([3, 2, 1]);
    expect(order(together(at(2, 1), [at(3, 0), at(2, 1)]))).toEqual([3, 2]);
    expect(order(together(at(3, 0), [at(2, 1), at(1, 0)], true))).toEqual([3, 2]);
    expect(order(together(at(4, 1, "Deleted"), [at(2, 1), at(1, 0)], true))).toEqual([1]);
  });

  it("finds by kind and by words", () => {
    const all = [LOST, BACK, CHANGED, NEW];
    expect(kinds(all).map(({ label }) => label)).toEqual(["Settings changed", "Something new", "Video source lost"]);
    expect(found(all, "Device/VideoSource/Lost", "")).toEqual([LOST, BACK]);
    expect(found(all, null, "CABLE source")).toEqual([LOST]);
    expect(found(all, "Some/Day", "cable")).toEqual([]);
  });
});
