import { describe, expect, it } from "vitest";

import { areaInQuad, drag, key, pinch, wheel, whyHeld, without } from "./steering";

const field = { hfov: 90, tilt: 0, width: 900, height: 600 };

describe("axes that are switched off", () => {
  it("leaves the axes that are on", () => {
    expect(without(drag(4, field, 90, 45), ["pan"])).toEqual({ type: "move", view: 4, tilt: 4.5 });
    expect(without({ type: "drive", view: 4, pan: 40 }, ["tilt", "zoom"])).toEqual({ type: "drive", view: 4, pan: 40 });
  });

  it("asks for nothing when nothing is left, but stops what goes on", () => {
    expect(without({ type: "drive", view: 4, zoom: 30 }, ["zoom"])).toBeNull();
    expect(without(drag(4, field, 90, 45), ["pan", "tilt"])).toBeNull();
    expect(without({ type: "drive", view: 4 }, ["pan", "tilt", "zoom"])).toEqual({ type: "drive", view: 4 });
  });

  it("does not turn towards the pointer when the wheel cannot zoom", () => {
    expect(without(wheel(4, field, -100, 1, 0.5), ["zoom"])).toBeNull();
    expect(without(wheel(4, field, -100, 1, 0.5), ["pan"])).toMatchObject({ zoom: expect.closeTo(1.15) as number });
  });

  it("says why", () => {
    expect(whyHeld("Till", [])).toBe("");
    expect(whyHeld("Till", ["pan"])).toMatch(/^Pan of Till is switched off/);
    expect(whyHeld("Till", ["pan", "tilt", "zoom"])).toMatch(/^Pan, tilt and zoom of Till are switched off/);
  });
});

describe("steering", () => {
  it("holds the picture under the finger", () => {
    expect(drag(4, field, 90, 0)).toEqual({ type: "move", view: 4, pan: -9, tilt: 0 });
    expect(drag(4, field, 0, 45)).toMatchObject({ tilt: 4.5 });
  });

  it("pans further where a degree of pan sweeps fewer pixels, within reason", () => {
    expect(drag(4, { ...field, tilt: -60 }, 90, 0).pan).toBeCloseTo(-18);
    expect(drag(4, { ...field, tilt: -90 }, 90, 0).pan).toBeCloseTo(-36);
  });

  it("zooms in when the wheel is pushed away, by bounded steps", () => {
    expect(wheel(5, field, -100).zoom).toBeCloseTo(1.15);
    expect(wheel(5, field, 1e6).zoom).toBeCloseTo(1.15 ** -3);
  });

  it("keeps what is under the pointer: zooming in at the right edge turns right", () => {
    const { pan = 0, tilt = 0, zoom = 1 } = wheel(5, field, -100, 1, 0.5);
    expect(pan).toBeCloseTo(45 - 45 / zoom);
    expect(tilt).toBeCloseTo(0);
  });

  it("pinches: fingers twice as far apart show half the field, and both together drag", () => {
    const apart = pinch(4, field, [{ x: 400, y: 300 }, { x: 500, y: 300 }], [{ x: 350, y: 300 }, { x: 550, y: 300 }]);
    expect(apart).toMatchObject({ zoom: 2, pan: 0, tilt: 0 });
    const moved = pinch(4, field, [{ x: 400, y: 300 }, { x: 500, y: 300 }], [{ x: 490, y: 300 }, { x: 590, y: 300 }]);
    expect(moved.zoom).toBe(1);
    expect(moved.pan).toBeCloseTo(-9);
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
