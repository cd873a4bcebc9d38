/** Why views are not there, in words that need no repeating. */

import type { View } from "../api";

/** The camera's reason without the argument that it names for programs. */
export function reasonOf(view: View): string {
  return view.reason.replace(/^view=\S+: /, "");
}

/** Views that lack for the same reason together: their names, and what is said of each. */
export function lacking(views: View[]): { names: string; reason: string }[] {
  const found = new Map<string, string[]>();
  for (const view of views.filter(({ available }) => !available)) {
    const reason = reasonOf(view).replace(`${view.name} `, "");
    found.set(reason, [...(found.get(reason) ?? []), view.name]);
  }
  return [...found].map(([reason, names]) => ({ names: names.join(", "), reason }));
}
