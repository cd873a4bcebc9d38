/** Rules, what they are made of, and the manual trigger over REST (docs/rules.md). */

import { call } from "../api";

export type Value = string | number | boolean;
export type Values = Record<string, Value>;

export interface Condition {
  /** Path of a topic. */
  topic: string;
  /** Items that must be equal; what is not named may be anything. */
  where: Values;
  inverted: boolean;
}

export interface Action {
  kind: string;
  parameters: Values;
}

export interface RuleWish {
  name: string;
  enabled: boolean;
  conditions: Condition[];
  /** The first condition only starts the rule. */
  trigger: boolean;
  /** Seconds between two starts, at least. */
  wait: number;
  action: Action;
}

export interface Rule extends RuleWish {
  id: number;
  active: boolean;
  starts: number;
  last_ms: number | null;
  fault: string | null;
  words: string;
}

/** `turned_off`: it was on, and what it does has changed. */
export interface ChangedRule extends Rule {
  turned_off: boolean;
}

export interface Titled {
  value: Value;
  title: string;
}

/** `of`: the values of other items or parameters that it goes with. */
export interface Choice extends Titled {
  of: Values;
}

export interface ConditionItem {
  name: string;
  title: string;
  kind: "integer" | "number" | "boolean" | "text";
  /** Those there are now; empty where anything may be typed. */
  values: Choice[];
}

export interface ConditionKind {
  topic: string;
  title: string;
  group: string;
  stateful: boolean;
  /** What it is while it holds; empty for a moment. */
  state: string;
  items: ConditionItem[];
}

export interface Parameter {
  name: string;
  title: string;
  kind: "integer" | "number" | "boolean" | "text" | "choice";
  /** Of what is required, it means nothing. */
  default: Value;
  least: number | null;
  most: number | null;
  unit: string;
  choices: Choice[];
  help: string;
  required: boolean;
}

export interface ActionKind {
  kind: string;
  title: string;
  group: string;
  form: "fixed" | "while active";
  help: string;
  parameters: Parameter[];
}

export interface Catalogue {
  conditions: ConditionKind[];
  actions: ActionKind[];
}

/** A part of the sentence that a rule makes: a joining word, what was chosen, or what is yet to be chosen. */
export interface Piece {
  text: string;
  kind: "word" | "choice" | "gap";
}

/** What a rule would do, and what each of its conditions is about. */
export interface Words {
  pieces: Piece[];
  subjects: string[];
}

export const rules = {
  words: (draft: Pick<RuleWish, "conditions" | "trigger" | "wait"> & Action) => call<Words>("POST", "rules/words", draft),
  read: () => call<{ rules: Rule[]; most: number }>("GET", "rules"),
  conditions: async () => (await call<{ conditions: ConditionKind[] }>("GET", "rules/conditions")).conditions,
  actions: async () => (await call<{ actions: ActionKind[] }>("GET", "rules/actions")).actions,
  add: (wish: RuleWish) => call<Rule>("POST", "rules", wish),
  change: (id: number, wish: Partial<RuleWish>) => call<ChangedRule>("PATCH", `rules/${id}`, wish),
  remove: (id: number) => call<void>("DELETE", `rules/${id}`),
};
