import { describe, expect, it } from "vitest";

import type { CameraEvent } from "../api";
import { alarming, found, kinds, sentence } from "./words";

const event = (topic: string, title: string, data: CameraEvent["data"] = {}, source: CameraEvent["source"] = {}): CameraEvent => ({
  sequence: 1,
  wall_ms: 0,
  topic,
  title,
  stateful: false,
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
    expect(sentence(event("PTZController/Moving", "View area moves", { moving: true }, { area: 2 }))).toBe("View area 2 began to move");
  });

  it("tells what it does not know by its values", () => {
    expect(sentence(NEW)).toBe("Something new (it is: yes, count: 3)");
  });

  it("knows what is alarming", () => {
    expect([LOST, BACK, CHANGED, NEW].map(alarming)).toEqual([true, false, false, false]);
    expect(alarming(event("Device/Access/AuthenticationFailed", "Wrong user name or password"))).toBe(true);
  });

  it("finds by kind and by words", () => {
    const all = [LOST, BACK, CHANGED, NEW];
    expect(kinds(all).map(({ label }) => label)).toEqual(["Settings changed", "Something new", "Video source lost"]);
    expect(found(all, "Device/VideoSource/Lost", "")).toEqual([LOST, BACK]);
    expect(found(all, null, "CABLE source")).toEqual([LOST]);
    expect(found(all, "Some/Day", "cable")).toEqual([]);
  });
});
