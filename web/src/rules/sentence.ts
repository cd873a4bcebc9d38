/** What a rule does, in one sentence, while it is being made. */

import type { ActionKind, Catalogue, Condition, ConditionKind, Values } from "./calls";
import { actionKind, conditionKind, titleOf } from "./catalogue";
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
  const told = kind.items.filter(({ name }) => name in where).map(({ name, values }) => titleOf(values, where[name] ?? ""));
  return told.length ? `${kind.title} (${told.join(", ")})` : kind.title;
}

/** An action by its title and its parameters. */
export function actionName(kind: ActionKind, values: Values): string {
  const told = kind.parameters
    .filter(({ name }) => values[name] !== undefined && values[name] !== "")
    .map(({ name, title, kind: type, choices, unit }) => {
      const value = titleOf(choices, values[name] ?? "");
      return type === "choice" || type === "text" ? value : `${title.toLowerCase()} ${value}${unit ? ` ${unit}` : ""}`;
    });
  return told.length ? `${kind.title} (${told.join(", ")})` : kind.title;
}

/** The sentence of a draft in pieces, with gaps for what is still to be chosen. */
export function sentence(draft: Draft, catalogue: Catalogue): Piece[] {
  const action = actionKind(catalogue.actions, draft.kind);
  const does = action ? choice(actionName(action, draft.parameters)) : gap("choose an action");
  const pieces = [...conditionPieces(draft, catalogue), word(": "), does, word(".")];
  if (draft.wait > 0) pieces.push(word(` Then it waits ${lasting(draft.wait)} before it can start again.`));
  return pieces;
}

function conditionPieces({ conditions, trigger }: Draft, catalogue: Catalogue): Piece[] {
  if (conditions.length === 0) return [word("When "), gap("choose a condition")];
  return conditions.flatMap((condition, index) => {
    const kind = conditionKind(catalogue.conditions, condition.topic);
    const starts = index === 0 && trigger && conditions.length > 1;
    const before = index === 0 ? (starts || kind?.stateful === false ? "When " : "While ") : index === 1 && trigger ? ", and then as long as " : " and ";
    const name = kind ? choice(conditionName(kind, condition)) : gap("choose a condition");
    return [word(before + (condition.inverted ? "not " : "")), name];
  });
}

export const plain = (pieces: Piece[]) => pieces.map(({ text }) => text).join("");
