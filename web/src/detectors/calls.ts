/** Camera tampering over REST (docs/tampering.md). */

import { call } from "../api";

export type Reason = "dark" | "blurred" | "moved";

export interface Tampering {
  state: "off" | "waiting" | "learning" | "poor" | "clear" | "dim" | "alarm" | Reason;
  /** How much of the scene was found again, 0 to 1; null where it was not looked for. */
  remains: number | null;
  last: { at_ms: number; reason: Reason } | null;
}

export const tampering = {
  read: () => call<Tampering>("GET", "tampering"),
  learn: () => call<void>("POST", "tampering/learn"),
};
