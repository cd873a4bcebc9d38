/** What conditions and actions are made of, read from the camera's catalogue. Pure, so that it is tested without a browser. */

import type { ActionKind, Choice, Condition, ConditionItem, ConditionKind, Parameter, Value, Values } from "./calls";

export interface Option {
  value: string;
  label: string;
}

/** Grouped entries for a select, groups and entries in the order in which the camera tells them. */
export function grouped(entries: readonly { group: string; option: Option }[]): { group: string; items: Option[] }[] {
  const groups = new Map<string, Option[]>();
  for (const { group, option } of entries) groups.set(group, [...(groups.get(group) ?? []), option]);
  return [...groups].map(([group, items]) => ({ group, items }));
}

export const conditionKind = (kinds: readonly ConditionKind[], topic: string) => kinds.find((kind) => kind.topic === topic);
export const actionKind = (kinds: readonly ActionKind[], name: string) => kinds.find(({ kind }) => kind === name);

/** The choices that go with what else is chosen. */
export function offered(choices: readonly Choice[], values: Values): Choice[] {
  return choices.filter(({ of }) => Object.entries(of).every(([name, value]) => (values[name] ?? value) === value));
}

/** What an action begins with: the defaults, and where there is but one choice, that. */
export function fresh(kind: ActionKind): Values {
  return kind.parameters.reduce<Values>((values, parameter) => {
    const value = first(parameter, values);
    return value === undefined ? values : { ...values, [parameter.name]: value };
  }, {});
}

function first(parameter: Parameter, values: Values): Value | undefined {
  if (parameter.kind !== "choice") return parameter.required ? undefined : parameter.default;
  const choices = offered(parameter.choices, values);
  if (!parameter.required && choices.some(({ value }) => value === parameter.default)) return parameter.default;
  return parameter.required && choices.length === 1 ? choices[0]?.value : undefined;
}

/** The values with one of them changed (undefined: taken out); what no longer goes with it begins anew. */
export function chosen(kind: ActionKind, values: Values, name: string, value: Value | undefined): Values {
  const changed = without(values, name);
  if (value !== undefined) changed[name] = value;
  return kind.parameters.reduce<Values>((now, parameter) => {
    if (parameter.name === name || !parameter.choices.some(({ of }) => name in of)) return now;
    if (offered(parameter.choices, now).some((choice) => choice.value === now[parameter.name])) return now;
    const instead = first(parameter, without(now, parameter.name));
    return instead === undefined ? without(now, parameter.name) : { ...now, [parameter.name]: instead };
  }, changed);
}

/** The values of one action that another understands as well, over what that one begins with. */
export function carried(kind: ActionKind, values: Values): Values {
  return kind.parameters.reduce<Values>((now, parameter) => {
    const value = values[parameter.name];
    const fits = value !== undefined && (parameter.kind !== "choice" || offered(parameter.choices, now).some((choice) => choice.value === value));
    return fits ? chosen(kind, now, parameter.name, value) : now;
  }, fresh(kind));
}

export function without<T>(all: Record<string, T>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([each]) => each !== name));
}

/** A condition as it is first offered: of any instance. */
export function begun({ topic }: ConditionKind): Condition {
  return { topic, where: {}, inverted: false };
}

/** What was typed for an item, as its kind; undefined when it is none. */
export function typed({ kind }: Pick<ConditionItem, "kind">, text: string): Value | undefined {
  if (kind === "text") return text === "" ? undefined : text;
  if (kind === "boolean") return text === "true" ? true : text === "false" ? false : undefined;
  const number = Number(text);
  if (text.trim() === "" || Number.isNaN(number)) return undefined;
  return kind === "integer" ? Math.round(number) : number;
}

/** What a value is called among those that have names. */
export function titleOf(values: readonly { value: Value; title: string }[], value: Value): string {
  return values.find((each) => each.value === value)?.title ?? (value === true ? "yes" : value === false ? "no" : String(value));
}

/** What an item is called where its values can be seen: "Input, from 1" is "Input". */
export function plainTitle({ title }: Pick<ConditionItem, "title">): string {
  return title.replace(/, (from )?\d+( to \d+)?$/, "");
}
