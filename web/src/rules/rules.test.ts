import { describe, expect, it } from "vitest";

import { carried, chosen, fresh, grouped, offered, plainTitle, titleOf, typed } from "./catalogue";
import type { Rule } from "./calls";
import { acting, changesContent, type Draft, draftOf, faults, placeOf, same, wishOf } from "./draft";
import { holds } from "./holds";
import { CATALOGUE, INPUT, PRESET, PULSE, TOUR, WHILE } from "./samples";

const draft = (changes: Partial<Draft> = {}): Draft => ({ ...draftOf(null), ...changes });
const condition = (topic: string, where = {}, inverted = false, key = 0) => ({ topic, where, inverted, key });

describe("what there is to choose", () => {
  it("is in groups, in the camera's order", () => {
    const option = (value: string) => ({ value, label: value });
    expect(grouped([{ group: "B", option: option("1") }, { group: "A", option: option("2") }, { group: "B", option: option("3") }])).toEqual([
      { group: "B", items: [option("1"), option("3")] },
      { group: "A", items: [option("2")] },
    ]);
  });

  it("goes with what else is chosen", () => {
    const preset = PRESET.parameters[1]!;
    expect(offered(preset.choices, { view: 5 }).map(({ title }) => title)).toEqual(["Home", "Shelf"]);
    expect(offered(preset.choices, {}).length).toBe(4);
  });

  it("begins with defaults, and with the only choice there is", () => {
    expect(fresh(TOUR)).toEqual({ seconds: 0 });
    expect(fresh({ ...TOUR, parameters: [{ ...TOUR.parameters[0]!, choices: [{ value: 3, title: "Round", of: {} }] }] })).toEqual({ tour: 3 });
    expect(fresh(PRESET)).toEqual({});
  });

  it("begins anew where a choice no longer goes with another", () => {
    expect(chosen(PRESET, { view: 4, preset: 2 }, "view", 5)).toEqual({ view: 5 });
    expect(chosen(PRESET, { view: 4, preset: 1 }, "view", 5)).toEqual({ view: 5, preset: 1 });
    expect(chosen(PRESET, { view: 4, preset: 1 }, "preset", undefined)).toEqual({ view: 4 });
  });

  it("stays with another action that understands it", () => {
    expect(carried(WHILE, { tour: 2, seconds: 30 })).toEqual({ tour: 2 });
    expect(carried(TOUR, { tour: 9 })).toEqual({ seconds: 0 });
    expect(acting(draft({ kind: TOUR.kind, parameters: { tour: 2, seconds: 30 } }), WHILE).parameters).toEqual({ tour: 2 });
  });

  it("is read as its kind when typed", () => {
    expect(["integer", "number", "boolean", "text"].map((kind) => typed({ kind: kind as "text" }, "1.6"))).toEqual([2, 1.6, undefined, "1.6"]);
    expect(typed({ kind: "number" }, " ")).toBeUndefined();
    expect(titleOf([], true)).toBe("yes");
    expect(["Input, from 1", "View area, 1 to 4", "Account, * for all"].map((title) => plainTitle({ title }))).toEqual(["Input", "View area", "Account, * for all"]);
  });
});

describe("a rule that is being made", () => {
  const whole = draft({ conditions: [condition(INPUT.topic, { port: 0 })], kind: TOUR.kind, parameters: { tour: 1, seconds: 0 } });
  const rule: Rule = { ...wishOf(whole), id: 1, name: "Round", enabled: true, active: false, starts: 0, last_ms: null, fault: null, words: "" };

  it("says what is missing, by its place", () => {
    expect(Object.keys(faults(draft(), CATALOGUE))).toEqual(["conditions", "action"]);
    expect(faults({ ...whole, parameters: { seconds: 0 } }, CATALOGUE)).toEqual({ "parameter.tour": "Choose one." });
    expect(faults({ ...whole, parameters: { tour: 9, seconds: 90_000 } }, CATALOGUE)).toEqual({
      "parameter.tour": "What was chosen is no longer there. Choose another.",
      "parameter.seconds": "From 0 to 86400 s.",
    });
    expect(faults(whole, CATALOGUE)).toEqual({});
  });

  it("knows that moments neither meet nor last", () => {
    const two = [condition(PULSE.topic), condition(PULSE.topic, {}, false, 1)];
    expect(faults({ ...whole, conditions: two }, CATALOGUE)).toHaveProperty(["condition.1"]);
    const lasting = { ...whole, kind: WHILE.kind, parameters: { tour: 1 } };
    expect(faults({ ...lasting, conditions: [condition(PULSE.topic)] }, CATALOGUE)).toHaveProperty("action");
    const triggered = { ...lasting, trigger: true, conditions: [condition(PULSE.topic), condition(INPUT.topic, {}, false, 1)] };
    expect(faults(triggered, CATALOGUE)).toEqual({});
    expect(faults({ ...triggered, conditions: [...triggered.conditions].reverse() }, CATALOGUE)).toHaveProperty(["condition.0"]);
  });

  it("is the same whatever the order of its values, and another one with other content", () => {
    expect(same({ a: 1, b: [2] }, { b: [2], a: 1 })).toBe(true);
    expect(changesContent({ ...draftOf(rule), name: "Other" }, rule)).toBe(false);
    expect(changesContent({ ...draftOf(rule), wait: 5 }, rule)).toBe(true);
    expect(wishOf({ ...whole, name: " a ", trigger: true })).toMatchObject({ name: "a", trigger: false });
  });

  it("finds the place of what the camera refused", () => {
    const two = { ...whole, conditions: [condition(INPUT.topic, {}, false, 7), condition(PULSE.topic, {}, false, 3)] };
    const places = ["conditions.1.where.port", "conditions", "trigger", "action.kind", "tour", "wait", "rules.items", null];
    expect(places.map((field) => placeOf(field, two))).toEqual(["condition.3", "conditions", "conditions", "action", "parameter.tour", "wait", null, null]);
  });
});

describe("whether a condition holds", () => {
  const event = (port: number, active: boolean, data = {}) => ({ sequence: 1, wall_ms: 0, topic: INPUT.topic, title: "", stateful: true, operation: null, active, source: { port }, data: { active, ...data } });
  const so = (where: Record<string, number | string>, inverted: boolean, events = [event(0, true), event(1, false)]) => holds({ topic: INPUT.topic, where, inverted }, events);

  it("is so while one of its instances is, and inverted while none is", () => {
    expect([so({}, false), so({ port: 0 }, false), so({ port: 1 }, false)]).toEqual([true, true, false]);
    expect([so({}, true), so({ port: 0 }, true), so({ port: 1 }, true)]).toEqual([false, false, true]);
  });

  it("is neither where nothing is known", () => {
    expect([so({ port: 2 }, false), so({ port: 2 }, true)]).toEqual([false, false]);
  });

  it("is about the values of the event as well", () => {
    const events = [event(0, true, { number: 3 })];
    expect([so({ port: 0, number: 3 }, false, events), so({ port: 0, number: 4 }, false, events), so({ port: 0, number: 4 }, true, events)]).toEqual([true, false, true]);
  });

});
