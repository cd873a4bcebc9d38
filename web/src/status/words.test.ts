import { describe, expect, it } from "vitest";

import { bytes, duration, size } from "./words";

describe("numbers in words", () => {
  it("says how long", () => {
    expect(duration(42)).toBe("42 s");
    expect(duration(61)).toBe("1 min 1 s");
    expect(duration(2 * 3600 + 120)).toBe("2 h 2 min");
    expect(duration(3 * 86_400 + 3600)).toBe("3 d 1 h");
  });

  it("says how much", () => {
    expect(bytes(0)).toBe("0 B");
    expect(bytes(999)).toBe("999 B");
    expect(bytes(1_250_000)).toBe("1.3 MB");
    expect(size("640x480")).toBe("640 × 480");
  });
});
