import { expect, test } from "vitest";

import type { LogLine } from "./calls";
import { inFront, parted } from "./merge";

const line = (number: number): LogLine => ({ number, wall_ms: number, level: "info", part: "p", text: `${number}`, fields: {} });
const numbers = (lines: LogLine[]) => lines.map(({ number }) => number);

test("new lines come in front, each once, in order, and the oldest go", () => {
  expect(numbers(inFront([line(3), line(2)], [line(4)], 10))).toEqual([4, 3, 2]);
  expect(numbers(inFront([line(3), line(2)], [line(3), line(5), line(4)], 10))).toEqual([5, 4, 3, 2]);
  expect(numbers(inFront([line(3), line(2)], [line(4)], 2))).toEqual([4, 3]);
});

test("a traceback is what stands behind the first line", () => {
  expect(parted("it failed\nTraceback\n  x")).toEqual({ first: "it failed", rest: "Traceback\n  x" });
  expect(parted("all well")).toEqual({ first: "all well", rest: "" });
});
