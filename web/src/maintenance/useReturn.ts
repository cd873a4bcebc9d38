import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { api, saying } from "../api";
import { useSession } from "../session";

const ASK_MS = 1000;
/** Seconds that a restart takes at most on an ordinary machine; after that the page says what else may be wrong. */
export const USUAL_S = 40;

export type Stage = "idle" | "asking" | "going" | "away" | "back";

/** Begin something that ends the camera's run, and wait until the next one answers; then this page finds its way by itself. */
export function useReturn() {
  const [stage, setStage] = useState<Stage>("idle");
  const [seconds, setSeconds] = useState(0);
  const [problem, setProblem] = useState<string | null>(null);
  const { check } = useSession();
  const client = useQueryClient();
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);

  const follow = async (bootId: string) => {
    const since = Date.now();
    while (alive.current) {
      await new Promise((done) => setTimeout(done, ASK_MS));
      setSeconds(Math.round((Date.now() - since) / 1000));
      try {
        const state = await api.state();
        if (state.boot_id !== bootId && state.ready) break;
        setStage("going");
      } catch {
        setStage("away");
      }
    }
    setStage("back");
    client.removeQueries({ predicate: ({ queryKey }) => !["state", "me"].includes(String(queryKey[0])) });
    check();
  };

  const begin = async (what: () => Promise<{ boot_id: string }>) => {
    setProblem(null);
    setStage("asking");
    try {
      const { boot_id } = await what();
      setStage("going");
      await follow(boot_id);
    } catch (error) {
      setStage("idle");
      setProblem(saying(error));
    }
  };

  return { stage, seconds, problem, begin, busy: stage !== "idle" && stage !== "back" };
}
