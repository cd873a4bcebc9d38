/** What a rule does, in one sentence, while it is being made. */

import type { ActionKind, Catalogue, Condition, ConditionKind, Values } from "./calls";
import { actionKind, conditionKind, offered, plainTitle, titleOf } from "./catalogue";
import type { Draft } from "./draft";
import { lasting } from "./times";

export interface Piece {
  text: string;
  /** What the person has chosen, or has yet to choose. */
  kind: "word" | "choice" | "gap";
}

const word = (text: string): Piece => ({ text, kind: "word" });
const choice = (text: string): Piece => ({ text, kind: "choice" });
const gap = (text: string): Piece => ({ text, kind: "gap" });

/** A condition by its title and the instances it is about. */
export function conditionName(kind: ConditionKind, { where }: Pick<Condition, "where">): string {
  const told = kind.items
    .filter(({ name }) => name in where)
    .map((item) => (item.values.length ? "" : `${plainTitle(item).toLowerCase()} `) + titleOf(offered(item.values, where), where[item.name] ?? ""));
  return `“${kind.title}”${told.length ? ` (${told.join(", ")})` : ""}`;
}

/** An action by its title and its parameters. */
export function actionName(kind: ActionKind, values: Values): string {
  const told = kind.parameters
    .filter(({ name, kind: type, default: usual }) => values[name] !== undefined && values[name] !== "" && (type === "choice" || values[name] !== usual || Boolean(usual)))
    .map(({ name, title, kind: type, choices, unit }) => {
      const value = titleOf(offered(choices, values), values[name] ?? "");
      if (type === "boolean") return `${values[name] === true ? "" : "not "}${title.toLowerCase()}`;
      if (type === "text") return `“${value}”`;
      return type === "choice" ? value : `${title.toLowerCase()} ${value}${unit ? ` ${unit}` : ""}`;
    });
  const title = kind.title.replace(/ while the rule is active$/, "");
  return `${title.charAt(0).toLowerCase()}${title.slice(1)}${told.length ? ` (${told.join(", ")})` : ""}`;
}

/** The sentence of a draft in pieces, with gaps for what is still to be chosen. */
export function sentence(draft: Draft, catalogue: Catalogue): Piece[] {
  const action = actionKind(catalogue.actions, draft.kind);
  const does = action ? choice(actionName(action, draft.parameters)) : gap("choose an action");
  const pieces = [...conditionPieces(draft, catalogue, action?.form === "while active"), word(": "), does, word(".")];
  if (draft.wait > 0) pieces.push(word(` Then not again for ${lasting(draft.wait)}.`));
  return pieces;
}

function conditionPieces({ conditions, trigger }: Draft, catalogue: Catalogue, lasts: boolean): Piece[] {
  const triggered = trigger && conditions.length > 1;
  const begin = triggered ? "Once " : lasts ? "While " : "When ";
  if (conditions.length === 0) return [word(begin), gap("choose a condition")];
  return conditions.flatMap((condition, index) => {
    const kind = conditionKind(catalogue.conditions, condition.topic);
    const before = index === 0 ? begin : index === 1 && triggered ? ", while " : " and ";
    const after = kind?.stateful ? ` is ${condition.inverted ? "not " : ""}${kind.state.toLowerCase()}` : " happens";
    return [word(before), kind ? choice(conditionName(kind, condition)) : gap(condition.topic), word(after)];
  });
}

export const plain = (pieces: Piece[]) => pieces.map(({ text }) => text).join("");
