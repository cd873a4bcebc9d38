import { describe, expect, it } from "vitest";

import { onOverview } from "./circle";

const used = { cx: 500, cy: 500, radius: 400 };

describe("the image circle on the overview", () => {
  it("touches the edges when it is the one in use", () => {
    expect(onOverview(used, used, 0)).toEqual({ x: 50, y: 50, radius: 50 });
  });

  it("is shifted and scaled with the source's pixels", () => {
    expect(onOverview({ cx: 540, cy: 500, radius: 200 }, used, 0)).toEqual({ x: 55, y: 50, radius: 25 });
  });

  it("turns with the roll, clockwise", () => {
    const { x, y } = onOverview({ cx: 540, cy: 500, radius: 400 }, used, 90);
    expect(x).toBeCloseTo(50);
    expect(y).toBeCloseTo(55);
  });
});
