import { expect, test } from "vitest";

import { closed, closes, freshName, hold, path, square, step } from "./shapes";

test("a piece of an outline becomes a path, closed when its ends meet", () => {
  const piece: [number, number][] = [[0, 0], [10, 0], [10, 10], [0, 0.5]];
  expect(path(piece)).toBe("M0 0L10 0L10 10L0 0.5");
  expect(closed(piece)).toBe(true);
  expect(closed(piece.slice(0, 3))).toBe(false);
});

test("a click near the first corner closes a shape of three corners or more", () => {
  const points = [{ x: 0, y: 0 }, { x: 50, y: 0 }, { x: 50, y: 50 }];
  expect(closes(points, { x: 3, y: 4 }, 5)).toBe(true);
  expect(closes(points, { x: 30, y: 40 }, 5)).toBe(false);
  expect(closes(points.slice(0, 2), { x: 0, y: 0 }, 5)).toBe(false);
});

test("names do not repeat, squares are square, and keys move", () => {
  const taken = [{ name: "Mask 1" }, { name: "Mask 3" }];
  expect(freshName("Mask", taken, 32)).toBe("Mask 2");
  expect(square(100, 60)[2]).toEqual({ x: 56, y: 36 });
  expect(step("ArrowUp", true)).toEqual({ x: 0, y: -20 });
  expect(step("Enter", false)).toBeNull();
  expect(hold({ places: [[[0, 0], [90, 90]], [], [[10, 20]]], lines: [] })).toEqual({ x: 5, y: 10 });
});
