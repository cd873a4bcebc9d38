import { expect, test } from "vitest";

import { compared, followed, offsetOf, span, wallClock } from "./words";

test("offsets are read from both sides of Greenwich", () => {
  expect(offsetOf("2026-11-27T10:00:00.000+05:30")).toBe(19_800_000);
  expect(offsetOf("2026-11-27T10:00:00.000-03:00")).toBe(-10_800_000);
  expect(offsetOf("2026-11-27T10:00:00.000Z")).toBe(0);
});

test("the camera's clock is shown whatever zone the browser is in", () => {
  expect(wallClock(Date.UTC(2026, 10, 27, 22, 30, 5), 19_800_000)).toEqual({ time: "04:00:05", date: "Saturday, 2026-11-28" });
});

test("spans are said as people say them", () => {
  expect([0.0001, 0.012, -2.5, 75, 600, 7200, 1_036_800, 139_881_600].map(span)).toEqual(["less than 1 ms", "12 ms", "2.5 s", "75 s", "10 min", "2 h", "12 days", "4.4 years"]);
});

test("who is ahead", () => {
  expect(compared(0.4)).toBe("This computer's clock shows the same.");
  expect(compared(3600)).toBe("This computer's clock is 60 min behind.");
  expect(compared(-3)).toBe("This computer's clock is 3 s ahead.");
});

test("the Status page says whom the clock follows and whether it is right", () => {
  const time = { utc: "", local: "2026-11-27T10:00:00.000+01:00", zone: "", zone_short: "", rule: "", daylight_saving: true, correction_s: 0, warnings: [] };
  const state = { synchronised: true, reason: "", offset_s: 0, ago_s: 1, next_s: 64, servers: [] };
  expect(followed({ ...time, source: "manual", synchronisation: null })).toBe("2026-11-27 10:00, set by hand");
  expect(followed({ ...time, source: "ntp", synchronisation: state })).toBe("2026-11-27 10:00, synchronised; asked again in 64 s");
  const lost = { ...state, synchronised: false, reason: "no server answers" };
  expect(followed({ ...time, source: "ntp", synchronisation: lost })).toContain("not synchronised: no server answers");
});
