import { describe, expect, it } from "vitest";

import { partOf } from "./part";

const recording = { start: Date.parse("2026-05-09T07:00:00.400Z"), stop: Date.parse("2026-05-09T07:01:00.700Z") };
const at = (text: string) => Date.parse(`2026-05-09T07:${text}Z`);

describe("partOf", () => {
  it("is all of it where nothing was narrowed, also after a look at the second", () => {
    expect(partOf(recording, recording.start, recording.stop)).toEqual({ since: null, until: null, error: null });
    expect(partOf(recording, at("00:00"), at("01:00"))).toEqual({ since: null, until: null, error: null });
  });
  it("names the moments that were chosen", () => {
    expect(partOf(recording, at("00:10"), at("00:20"))).toEqual({ since: "2026-05-09T07:00:10.000Z", until: "2026-05-09T07:00:20.000Z", error: null });
  });
  it("says what cannot be", () => {
    expect(partOf(recording, at("00:20"), at("00:10")).error).toContain("after the beginning");
    expect(partOf(recording, at("05:00"), at("06:00")).error).toContain("nothing then");
  });
});
