import { describe, expect, it } from "vitest";

import { clock, moment, type Part, pictures, stretches, type Track, type Verdict } from "./report";

function part(verdict: Verdict, at: number, until: number): Part {
  return { verdict, at, until, first: at * 10, last: until * 10 - 1, reason: "", bad: [], missing: 0, counter: null, start_us: null, end_us: null };
}

function track(...parts: Part[]): Track {
  return { number: 0, codec: "h264", verdict: "intact", summary: "", pictures: 0, counts: { good: 0, bad: 0, missing: 0, pending: 0 }, identity: null, parts, problems: [] };
}

describe("stretches", () => {
  it("joins neighbours with the same verdict", () => {
    const found = stretches(track(part("intact", 0, 1), part("intact", 1, 2), part("altered", 2, 3), part("intact", 3, 4)), 4);
    expect(found.map(({ verdict, left, width }) => [verdict, left, width])).toEqual([
      ["intact", 0, 50],
      ["altered", 50, 25],
      ["intact", 75, 25],
    ]);
  });

  it("keeps what is missing visible", () => {
    const [, gone] = stretches(track(part("intact", 0, 1000), part("altered", 1000, 1000)), 1000);
    expect(gone?.width).toBeGreaterThan(0);
    expect((gone?.left ?? 0) + (gone?.width ?? 0)).toBeLessThanOrEqual(100);
  });
});

describe("words", () => {
  it("says times and pictures", () => {
    expect(clock(3723.44)).toBe("1:02:03.4");
    expect(clock(9.96)).toBe("0:10.0");
    expect(pictures(part("intact", 1, 2))).toBe("10 to 19");
    expect(pictures({ ...part("altered", 1, 1), last: 9 })).toBe("none");
    expect(moment(null)).toBe("–");
  });
});
