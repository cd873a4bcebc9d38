import { expect, test } from "vitest";

import { inserted, near, placeName, positionOf, shifted } from "./place";

const box = { identity: 0, x: 0.1, y: 0.2, width: 0.2, height: 0.1 };

test("a shifted outline stays inside the picture", () => {
  expect(shifted(box, 0.05, -0.1)).toMatchObject({ x: 0.15000000000000002, y: 0.1 });
  expect(shifted(box, 5, 5)).toMatchObject({ x: 0.8, y: 0.9 });
  expect(shifted(box, -5, -5)).toMatchObject({ x: 0, y: 0 });
  expect(shifted({ ...box, width: 2 }, 1, 0).x).toBe(0);
});

test("a place runs from edge to edge", () => {
  expect(positionOf({ ...box, x: 0, y: 0 })).toEqual([-1, -1]);
  expect(positionOf({ ...box, x: 0.8, y: 0.9 })).toEqual([1, 1]);
  expect(positionOf({ ...box, x: 0.4, y: 0.45 })).toEqual([0, 0]);
  expect(positionOf({ ...box, x: 0, width: 1.2 })[0]).toBe(0);
});

test("rounding to whole pixels is no other place", () => {
  expect(near(box, { ...box, x: 0.103, y: 0.202 })).toBe(true);
  expect(near(box, { ...box, x: 0.11 })).toBe(false);
});

test("places have names", () => {
  expect(placeName("bottomRight")).toBe("Bottom right");
  expect(placeName([-1, 0.5])).toBe("0 % across, 75 % down");
});

test("a modifier goes where the caret is", () => {
  expect(inserted("at  o'clock", "%T", 3, 3)).toEqual({ text: "at %T o'clock", caret: 5 });
  expect(inserted("abc", "%T", 0, 3)).toEqual({ text: "%T", caret: 2 });
  expect(inserted("abc", "%T", null, null)).toEqual({ text: "abc%T", caret: 5 });
});
