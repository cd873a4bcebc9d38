import { useLocalStorage } from "@mantine/hooks";
import { useState } from "react";

import type { Role } from "../api";
import type { Stop } from "./Tour";

const STOPS: (Stop & { roles: Role[] })[] = [
  { to: "/", text: "Here you watch, and choose what you see. Drag in a view area to look around, turn the wheel to come nearer.", roles: ["viewer", "operator", "administrator"] },
  { to: "/installation", text: "Say here how the camera hangs: ceiling, desk or wall, and which way up is.", roles: ["operator", "administrator"] },
  { to: "/image", text: "Brightness, exposure and colours, beside the picture they change.", roles: ["operator", "administrator"] },
  { to: "/streams", text: "What others get who connect with a recorder or a player: codec, size and quality.", roles: ["operator", "administrator"] },
  { to: "/status", text: "What the camera is doing now, and who is connected.", roles: ["viewer", "operator", "administrator"] },
  { to: "/events", text: "What happened while you were away.", roles: ["administrator"] },
  { to: "/accounts", text: "Give everybody who watches a login of their own.", roles: ["administrator"] },
];

/** The tour for somebody: shown at the first login in this browser, until it is ended; `begin` shows it again. */
export function useTour(name: string | undefined, role: Role) {
  const [seen, setSeen] = useLocalStorage({ key: `panocam.tour.${name ?? ""}`, defaultValue: false, getInitialValueInEffect: false });
  const [at, setAt] = useState(0);
  const stops = STOPS.filter(({ roles }) => roles.includes(role));
  const shown = !seen && !!name && name !== "anonymous" && stops.length > 0;
  return {
    shown,
    stops,
    at: Math.min(at, Math.max(stops.length - 1, 0)),
    move: setAt,
    end: () => setSeen(true),
    begin: () => {
      setAt(0);
      setSeen(false);
    },
  };
}
