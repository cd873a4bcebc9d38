import { describe, expect, it } from "vitest";

import { label, LONGEST, moment, moved, place, SHORTEST, ticks, topicWords, zoomed } from "./timeline";

const HOUR = 3_600_000;
const from = new Date(2026, 4, 9, 10, 0, 0).getTime();
const span = { from, to: from + HOUR };

describe("a timeline", () => {
  it("places moments and finds them again", () => {
    expect(place(from + HOUR / 4, span)).toBe(25);
    expect(moment(0.25, span)).toBe(from + HOUR / 4);
  });

  it("zooms around a moment and keeps within its bounds", () => {
    const near = zoomed(span, 0.5, from + HOUR / 4);
    expect(place(from + HOUR / 4, near)).toBeCloseTo(25);
    expect(near.to - near.from).toBe(HOUR / 2);
    expect(zoomed(span, 1e-9, from).to - from).toBe(SHORTEST);
    const far = zoomed(span, 1e9, from);
    expect(far.to - far.from).toBe(LONGEST);
    expect(moved(span, -0.5).to).toBe(from + HOUR / 2);
  });

  it("has round labels", () => {
    expect(ticks(span).map((at) => label(at, span))).toEqual(["10:00", "10:10", "10:20", "10:30", "10:40", "10:50", "11:00"]);
    const day = { from: from - 12 * HOUR, to: from + 12 * HOUR };
    expect(ticks(day).length).toBeLessThanOrEqual(9);
    expect(ticks({ from, to: from + 20_000 }).map((at) => label(at, { from, to: from + 20_000 }))[1]).toBe("10:00:05");
  });
});

describe("topicWords", () => {
  it("says what happened", () => {
    expect(topicWords("tns1:VideoSource/SignalLoss")).toBe("Signal loss");
    expect(topicWords("tns1:PTZController/tnsaxis:Move/Channel_5")).toBe("Move");
  });
});
