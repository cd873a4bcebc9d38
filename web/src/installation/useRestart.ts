import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { api, type Restart, type RestartWish, saying } from "../api";

const LOOK_MS = 250;

export interface RestartRun {
  /** Where the restart stands that this page asked for; null when it has asked for none. */
  now: Restart | null;
  busy: boolean;
  problem: string | null;
  /** True when the first picture after the restart is there, false when the camera refused. */
  begin(wish: RestartWish): Promise<boolean>;
  reset(): void;
}

/** Changes what the picture must be restarted for, and follows the restart until its first picture. */
export function useRestart(): RestartRun {
  const client = useQueryClient();
  const [now, setNow] = useState<Restart | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const watching = useRef(true);
  useEffect(() => {
    watching.current = true;
    return () => void (watching.current = false);
  }, []);

  const refresh = () => {
    for (const key of ["settings", "views", "lens", "installation"]) void client.invalidateQueries({ queryKey: [key] });
  };
  const begin = async (wish: RestartWish) => {
    setBusy(true);
    setProblem(null);
    try {
      let state = await api.restart(wish);
      refresh();
      for (setNow(state); state.step !== "done" && watching.current; setNow(state)) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
        state = await api.restartProgress();
      }
      refresh();
      return true;
    } catch (error) {
      setProblem(saying(error));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { now, busy, problem, begin, reset: () => (setNow(null), setProblem(null)) };
}
