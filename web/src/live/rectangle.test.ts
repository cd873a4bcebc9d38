import { describe, expect, it } from "vitest";

import { central, moved, resized, scaled } from "./rectangle";

const picture = { width: 640, height: 480 };
const box = { x: 100, y: 100, width: 200, height: 100 };

describe("the pixel counter's rectangle", () => {
  it("begins in the middle", () => {
    expect(central(picture)).toEqual({ x: 240, y: 180, width: 160, height: 120 });
  });

  it("moves, but never out of the picture", () => {
    expect(moved(box, 10.4, -5, picture)).toEqual({ ...box, x: 110, y: 95 });
    expect(moved(box, 9999, -9999, picture)).toEqual({ ...box, x: 440, y: 0 });
  });

  it("is resized by its sides, and keeps a least size", () => {
    expect(resized(box, { across: 1, down: 0 }, 50, 50, picture)).toEqual({ ...box, width: 250 });
    expect(resized(box, { across: -1, down: -1 }, -20, 10, picture)).toEqual({ x: 80, y: 110, width: 220, height: 90 });
    expect(resized(box, { across: -1, down: 1 }, 9999, -9999, picture)).toEqual({ x: 296, y: 100, width: 4, height: 4 });
    expect(resized(box, { across: 1, down: 1 }, 9999, 9999, picture)).toEqual({ ...box, width: 540, height: 380 });
  });

  it("covers the same part when the resolution changes", () => {
    expect(scaled(box, picture, { width: 1280, height: 960 })).toEqual({ x: 200, y: 200, width: 400, height: 200 });
  });
});
