import { describe, expect, it } from "vitest";

import { clock, day, gapWords } from "./words";

describe("times", () => {
  const at = new Date(2026, 4, 9, 7, 3, 5, 640).getTime();
  it("are read in local time", () => {
    expect(clock(at)).toBe("07:03:05");
    expect(clock(at, true)).toBe("07:03:05.6");
    expect(day(at)).toBe("2026-05-09");
  });
});

describe("gapWords", () => {
  it("says nothing where nothing is missing", () => {
    expect(gapWords("length")).toBeNull();
    expect(gapWords("gap")).toContain("missing");
  });
});
