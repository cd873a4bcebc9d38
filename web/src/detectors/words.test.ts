import { expect, test } from "vitest";

import type { Tampering } from "./calls";
import { lastWords, statusOf } from "./words";

const last = { at_ms: 0, reason: "moved" } as const;

test("every state has a word of its own", () => {
  const states: Tampering["state"][] = ["off", "waiting", "learning", "poor", "clear", "dim", "alarm", "blurred"];
  const words = states.map((state) => statusOf({ state, remains: null, last }, 20).word);
  expect(new Set(words).size).toBe(states.length);
});

test("an alarm says since when and why, a suspicion when it becomes one", () => {
  expect(statusOf({ state: "alarm", remains: 0, last }, 20).text).toContain("the camera was turned");
  expect(statusOf({ state: "dark", remains: null, last: null }, 7).text).toContain("after 7 s");
});

test("the last alarm is told when it is over", () => {
  expect(lastWords({ state: "alarm", remains: 0, last })).toBeNull();
  expect(lastWords({ state: "clear", remains: 1, last: null })).toBeNull();
  expect(lastWords({ state: "clear", remains: 1, last })).toContain("Last alarm");
});
