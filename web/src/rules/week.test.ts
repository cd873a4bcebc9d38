import { describe, expect, it } from "vitest";

import { usersOf } from "./schedules";
import { inWhole, lasting, parts } from "./times";
import { daysOfMonth, dayWords, type Hours, hoursFault, hoursWords, length, position, pulseWords, strip, WORKDAYS } from "./week";

const hours = (changes: Partial<Hours>): Hours => ({ ...WORKDAYS, ...changes });
const DAY = 24;
/** Spans in hours from Monday. */
const inHours = (changes: Partial<Hours>) => strip(hours(changes), 2026, 10).spans.map(({ from, to }) => [from, to].map((part) => Math.round(part * 7 * DAY * 100) / 100));

describe("the week of a schedule", () => {
  it("has a span for each day", () => {
    expect(inHours({ days: [0, 2] })).toEqual([
      [8, 17],
      [56, 65],
    ]);
    expect(strip(hours({}), 2026, 10).cells).toEqual(["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]);
  });

  it("goes on past midnight, and from Sunday to Monday", () => {
    expect(inHours({ days: [0, 6], start: "22:00", end: "06:00" })).toEqual([
      [0, 6],
      [22, 30],
      [166, 168],
    ]);
  });

  it("joins days that touch", () => {
    expect(inHours({ start: "00:00", end: "00:00" })).toEqual([[0, 120]]);
    expect(inHours({ repeat: "daily", start: "09:00", end: "09:00" })).toEqual([[0, 168]]);
    expect(inHours({ days: [5], start: "00:00", end: "00:00", more_days: 9 })).toEqual([[0, 168]]);
  });

  it("is a month or a year where it comes by these", () => {
    expect(daysOfMonth({ week: null, day: 31, days: [] }, 2026, 10)).toEqual([]); // November
    expect(daysOfMonth({ week: 1, day: 1, days: [0] }, 2026, 10)).toEqual([1]); // Monday the second
    expect(daysOfMonth({ week: -1, day: 1, days: [0] }, 2026, 10)).toEqual([29]);
    const month = strip(hours({ repeat: "monthly", day: 15, start: "00:00", end: "00:00" }), 2026, 10);
    expect([month.cells.length, month.spans]).toEqual([30, [{ from: 14 / 30, to: 15 / 30 }]]);
    const year = strip(hours({ repeat: "yearly", month: 12, day: 31, start: "12:00", end: "12:00" }), 2026, 10);
    expect(year.spans.map(({ from, to }) => [from, to].map((part) => part.toFixed(4)))).toEqual([
      ["0.9987", "1.0000"],
      ["0.0000", "0.0013"],
    ]);
  });

  it("shows where we are", () => {
    const noon = new Date(2026, 10, 25, 12); // a Wednesday
    expect(position("weekly", noon)).toBeCloseTo(2.5 / 7);
    expect(position("monthly", noon)).toBeCloseTo(24.5 / 30);
    expect(position("yearly", noon)).toBeCloseTo((10 + 24.5 / 31) / 12);
  });
});

describe("a schedule in words", () => {
  it("says days and hours", () => {
    expect(dayWords([6, 0, 1, 2])).toBe("Monday, Tuesday, Wednesday and Sunday");
    expect(dayWords([2])).toBe("Wednesday");
    expect(hoursWords(hours({}))).toBe("Every Monday to Friday from 08:00 to 17:00");
    expect(hoursWords(hours({ start: "17:00", end: "08:00", every: 2 }))).toBe("Every Monday to Friday, every 2 weeks from 17:00 to 08:00 of the next day");
    expect(hoursWords(hours({ repeat: "daily", start: "00:00", end: "00:00" }))).toBe("Every day all day");
    expect(hoursWords(hours({ repeat: "monthly", week: -1, days: [4] }))).toBe("On the last Friday of the month from 08:00 to 17:00");
    expect(hoursWords(hours({ repeat: "yearly", month: 12, day: 24, more_days: 2, last: "2030-01-01" }))).toBe("Every year on 24 December from 08:00 to 17:00, 2 days later until 2030-01-01");
    expect(pulseWords(hours({ repeat: "daily", first: "2030-01-01" }))).toBe("A pulse every day at 08:00 from 2030-01-01 on");
  });

  it("says what is missing", () => {
    expect(hoursFault(hours({ days: [] }))).toBe("Choose at least one day.");
    expect(hoursFault(hours({ start: "" }))).toContain("time of day");
    expect(hoursFault(hours({ first: "2026-02-01", last: "2026-01-01" }))).toContain("before");
    expect(hoursFault(hours({ repeat: "daily", days: [] }))).toBeNull();
    expect(length(hours({ start: "17:00", end: "08:00" }))).toBe(15 * 60);
  });

  it("says lengths of time", () => {
    expect([0, 1, 90, 3600, 93_784].map(lasting)).toEqual(["0 seconds", "1 second", "1 minute 30 seconds", "1 hour", "1 day 2 hours 3 minutes 4 seconds"]);
    expect([45, 300, 7200, 172_800].map((each) => inWhole(each))).toEqual([
      { count: 45, unit: "second" },
      { count: 5, unit: "minute" },
      { count: 2, unit: "hour" },
      { count: 2, unit: "day" },
    ]);
    expect(parts(5430)).toEqual({ hours: 1, minutes: 30, seconds: 30 });
  });

  it("knows the rules that go by it", () => {
    const rule = (topic: string, where: Record<string, string>) => ({ conditions: [{ topic, where, inverted: false }] }) as never;
    const all = [rule("Schedule/Active", { schedule: "night" }), rule("Schedule/Active", {}), rule("Device/IO/Input", { schedule: "night" })];
    expect(usersOf({ id: "night" }, all)).toEqual([all[0]]);
  });
});
