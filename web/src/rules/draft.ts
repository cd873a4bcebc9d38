/** A rule that is being made: its conditions with keys to tell them apart, what is still wrong with it, and what is sent in the end. */

import type { Action, ActionKind, Catalogue, Condition, Parameter, Rule, RuleWish, Values } from "./calls";
import { actionKind, carried, conditionKind, fresh, offered } from "./catalogue";

export const MOST_CONDITIONS = 10;
export const LONGEST_NAME = 128;
export const LONGEST_WAIT = 86_399;

export interface DraftCondition extends Condition {
  key: number;
}

export interface Draft {
  name: string;
  conditions: DraftCondition[];
  trigger: boolean;
  wait: number;
  /** Empty until an action is chosen. */
  kind: string;
  parameters: Values;
}

/** A draft of a rule, or an empty one. */
export function draftOf(rule: Omit<RuleWish, "enabled"> | null): Draft {
  if (!rule) return { name: "", conditions: [], trigger: false, wait: 0, kind: "", parameters: {} };
  const { name, conditions, trigger, wait, action } = rule;
  return { name, conditions: conditions.map((condition, key) => ({ ...condition, key })), trigger, wait, kind: action.kind, parameters: action.parameters };
}

export const nextKey = ({ conditions }: Draft) => Math.max(-1, ...conditions.map(({ key }) => key)) + 1;

/** The draft with another action, which keeps what it understands of the parameters of the one before. */
export function acting(draft: Draft, kind: ActionKind): Draft {
  return { ...draft, kind: kind.kind, parameters: draft.kind ? carried(kind, draft.parameters) : fresh(kind) };
}

/** What is sent: the content without keys. */
export function wishOf(draft: Draft): Omit<RuleWish, "enabled"> {
  const conditions = draft.conditions.map(({ topic, where, inverted }) => ({ topic, where, inverted }));
  const action: Action = { kind: draft.kind, parameters: draft.parameters };
  return { name: draft.name.trim(), conditions, trigger: draft.trigger && conditions.length > 1, wait: draft.wait, action };
}

/** Whether two rules are the same, whatever the order of their values. */
export function same(a: unknown, b: unknown): boolean {
  return sorted(a) === sorted(b);
}

function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join()}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "";
  return `{${Object.entries(value)
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([name, each]) => `${name}:${sorted(each)}`)
    .join()}}`;
}

/** Whether saving the draft changes what the rule does: a new name alone does not. */
export function changesContent(draft: Draft, rule: Rule): boolean {
  return !same({ ...wishOf(draft), name: "" }, { ...wishOf(draftOf(rule)), name: "" });
}

export type Faults = Record<string, string>;

/** What has to be mended before the draft can be saved, by the place it belongs to. */
export function faults(draft: Draft, catalogue: Catalogue): Faults {
  const found: Faults = {};
  if (draft.conditions.length === 0) found["conditions"] = "Choose what starts the rule.";
  const pulses = draft.conditions.filter(({ topic }) => conditionKind(catalogue.conditions, topic)?.stateful === false);
  for (const { key, topic } of draft.conditions) if (!conditionKind(catalogue.conditions, topic)) found[`condition.${key}`] = "The camera no longer knows this condition. Choose another.";
  for (const { key } of pulses.slice(1)) found[`condition.${key}`] = "Two moments never come together: a rule can have one at most.";
  const lasts = draft.trigger && draft.conditions.length > 1;
  const late = pulses.find(({ key }) => key !== draft.conditions[0]?.key);
  if (lasts && late) found[`condition.${late.key}`] ??= "A moment says not how long the rule lasts. Put it first, where it is the trigger.";
  const action = actionKind(catalogue.actions, draft.kind);
  if (!action) found["action"] = draft.kind ? "The camera no longer knows this action. Choose another." : "Choose what the rule does.";
  else if (action.form === "while active" && pulses.length > 0 && !lasts)
    found["action"] = "A moment does not last. Choose an action that happens once, or use the moment as the trigger of another condition.";
  for (const parameter of action?.parameters ?? []) {
    const fault = parameterFault(parameter, draft.parameters);
    if (fault) found[`parameter.${parameter.name}`] = fault;
  }
  if (draft.wait > LONGEST_WAIT) found["wait"] = "Less than a day.";
  return found;
}

function parameterFault(parameter: Parameter, values: Values): string | null {
  const value = values[parameter.name];
  if (value === undefined || value === "") return parameter.required ? (parameter.kind === "choice" ? "Choose one." : "This is needed.") : null;
  if (parameter.kind === "choice") return offered(parameter.choices, values).some((choice) => choice.value === value) ? null : "What was chosen is no longer there. Choose another.";
  return typeof value === "number" ? rangeFault(parameter, value) : null;
}

function rangeFault({ least, most, unit }: Parameter, value: number): string | null {
  const low = least !== null && value < least;
  const high = most !== null && value > most;
  if (!low && !high) return null;
  const behind = unit ? ` ${unit}` : "";
  if (least !== null && most !== null) return `From ${least} to ${most}${behind}.`;
  return low ? `At least ${least}${behind}.` : `At most ${most}${behind}.`;
}

/** The place of the form that a refused field of the camera belongs to, or null. */
export function placeOf(field: string | null, draft: Draft): string | null {
  if (!field) return null;
  const condition = /conditions?[.[](\d+)/.exec(field)?.[1];
  if (condition !== undefined) return `condition.${draft.conditions[Number(condition)]?.key ?? 0}`;
  const last = field.split(/[.[\]]+/).filter(Boolean).at(-1) ?? "";
  if (last in draft.parameters || field.includes("parameters.")) return `parameter.${last}`;
  if (last === "kind") return "action";
  if (last === "trigger") return "conditions";
  return ["name", "wait", "conditions", "action"].includes(last) ? last : null;
}

