import { describe, expect, it } from "vitest";

import { areaInQuad, drag, key, wheel } from "./steering";

const field = { hfov: 90, width: 900, height: 600 };

describe("steering", () => {
  it("holds the picture under the finger", () => {
    expect(drag(4, field, 90, 0)).toEqual({ type: "move", view: 4, pan: -9, tilt: 0 });
    expect(drag(4, field, 0, 45)).toMatchObject({ tilt: 4.5 });
  });

  it("zooms in when the wheel is pushed away, by bounded steps", () => {
    expect(wheel(5, -100).zoom).toBeCloseTo(1.15);
    expect(wheel(5, 1e6).zoom).toBeCloseTo(1.15 ** -3);
  });

  it("knows the keys that steer and leaves the others alone", () => {
    expect(key(4, field, "ArrowRight")).toMatchObject({ pan: 9 });
    expect(key(4, field, "Home")).toEqual({ type: "home", view: 4 });
    expect(key(4, field, "a")).toBeNull();
  });

  it("finds the area under a point of the quad view in its configured order", () => {
    expect(areaInQuad([1, 2, 3, 4], 0.1, 0.1)).toBe(4);
    expect(areaInQuad([4, 3, 2, 1], 0.9, 0.1)).toBe(6);
    expect(areaInQuad([4, 3, 2, 1], 0.1, 0.9)).toBe(5);
  });
});
