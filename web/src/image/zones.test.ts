import { expect, it } from "vitest";

import { another, changed, unrolled, type Zone, zonesOf } from "./zones";

const ZONE: Zone = { left: 0.4, top: 0.4, right: 0.6, bottom: 0.5 };

it("a zone is moved and stays in the picture", () => {
  expect(changed(ZONE, null, 0.1, -0.1)).toEqual({ left: 0.5, top: 0.3, right: 0.7, bottom: 0.4 });
  expect(changed(ZONE, null, 5, 0)?.right).toBe(1);
});

it("a zone is resized by its sides, but not to nothing", () => {
  expect(changed(ZONE, { across: 1, down: 0 }, 0.1, 0.3)).toEqual({ left: 0.4, top: 0.4, right: 0.7, bottom: 0.5 });
  expect(changed(ZONE, { across: 1, down: 0 }, -0.5, 0)).toBeNull();
});

it("a zone never leaves the image circle", () => {
  expect(changed(ZONE, null, -1, -1)).toBeNull();
});

it("a drag follows the finger while the picture is turned", () => {
  const [dx, dy] = unrolled(0, 1, 90);
  expect(dx).toBeCloseTo(1);
  expect(dy).toBeCloseTo(0);
});

it("new zones do not hide each other, and no setting is no zones", () => {
  expect(another([])).not.toEqual(another([ZONE]));
  expect(zonesOf(null)).toEqual([]);
});
