/** A small catalogue for tests. */

import type { ActionKind, Catalogue, Choice, ConditionKind, Parameter } from "./calls";

const choice = (value: Choice["value"], title: string, of: Choice["of"] = {}): Choice => ({ value, title, of });
const parameter = (name: string, changes: Partial<Parameter>): Parameter => ({ name, title: name, kind: "integer", default: 0, least: null, most: null, unit: "", choices: [], help: "", required: false, ...changes });
const condition = (topic: string, title: string, stateful: boolean, items: ConditionKind["items"]): ConditionKind => ({ topic, title, group: "Some", stateful, state: stateful ? "Active" : "", items });

export const INPUT = condition("Device/IO/Input", "Digital input", true, [{ name: "port", title: "Port", kind: "integer", values: [choice(0, "Gate"), choice(1, "Bell")] }]);
export const SCHEDULE = condition("Schedule/Active", "Schedule", true, [{ name: "schedule", title: "Schedule", kind: "text", values: [choice("night", "Night")] }]);
export const PULSE = condition("Schedule/Pulse", "Pulse", false, []);

const tours = parameter("tour", { title: "Tour", kind: "choice", required: true, choices: [choice(1, "Night round"), choice(2, "Short round")] });

export const TOUR: ActionKind = {
  kind: "tour.fixed",
  title: "Start a guard tour",
  group: "PTZ",
  form: "fixed",
  help: "",
  parameters: [tours, parameter("seconds", { title: "Duration", least: 0, most: 86_400, unit: "s" })],
};
export const WHILE: ActionKind = { kind: "tour.active", title: "Run a guard tour while the rule is active", group: "PTZ", form: "while active", help: "", parameters: [tours] };
export const PRESET: ActionKind = {
  kind: "preset.fixed",
  title: "Go to a preset position",
  group: "PTZ",
  form: "fixed",
  help: "",
  parameters: [
    parameter("view", { kind: "choice", required: true, choices: [choice(4, "Area 1"), choice(5, "Area 2")] }),
    parameter("preset", {
      kind: "choice",
      required: true,
      choices: [choice(1, "Home", { view: 4 }), choice(2, "Door", { view: 4 }), choice(1, "Home", { view: 5 }), choice(3, "Shelf", { view: 5 })],
    }),
  ],
};

export const CATALOGUE: Catalogue = { conditions: [INPUT, SCHEDULE, PULSE], actions: [TOUR, WHILE, PRESET] };
