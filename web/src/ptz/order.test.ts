import { describe, expect, it } from "vitest";

import { clock, degrees, inUnits, moved } from "./order";

describe("a list put in order by hand", () => {
  it("moves one element and keeps the others in order", () => {
    expect(moved(["a", "b", "c", "d"], 0, 2)).toEqual(["b", "c", "a", "d"]);
    expect(moved(["a", "b", "c", "d"], 3, 0)).toEqual(["d", "a", "b", "c"]);
  });
  it("stays as it is when there is nowhere to go", () => {
    expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
    expect(moved(["a", "b"], 1, 2)).toEqual(["a", "b"]);
  });
});

describe("times and angles", () => {
  it("are said as people say them", () => {
    expect(clock(75.9)).toBe("1:15");
    expect(inUnits(120)).toEqual({ value: 2, unit: "min" });
    expect(inUnits(90)).toEqual({ value: 90, unit: "s" });
    expect(inUnits(0)).toEqual({ value: 0, unit: "s" });
    expect(degrees(-0.02)).toBe("0.0°");
  });
});
