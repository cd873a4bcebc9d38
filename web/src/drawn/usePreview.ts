import { useCallback, useEffect, useRef, useState } from "react";

import { ApiError, saying } from "../api";
import type { Outline, Place, Shape } from "./api";

export type Ask = (shape: Shape, place: Place) => Promise<{ outline: Outline }>;

/** A camera whose source begins anew cannot say just now; it is asked again so much later. */
const AGAIN_MS = 700;

/** What a shape would look like, as the camera projects it. One question is under way at a time; of those that wait, the newest counts. */
export function usePreview(place: Place, preview: Ask): { outline: Outline | null; problem: string | null; show(shape: Shape | null): void } {
  const [outline, setOutline] = useState<Outline | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const waiting = useRef<Shape | null>(null);
  const asking = useRef(false);
  const round = useRef(0);
  const where = useRef(place);
  where.current = place;
  const project = useRef(preview);
  project.current = preview;

  const ask = useCallback(async () => {
    if (asking.current) return;
    asking.current = true;
    while (waiting.current) {
      const [shape, mine] = [waiting.current, round.current];
      waiting.current = null;
      const answer = await project.current(shape, where.current).then(
        (reply) => ({ outline: reply.outline, problem: null, passing: false }),
        (error: unknown) => ({ outline: null, problem: saying(error), passing: error instanceof ApiError && error.status === 503 }),
      );
      if (mine !== round.current) continue; // put aside meanwhile
      if (answer.outline) setOutline(answer.outline);
      setProblem(answer.problem);
      if (answer.passing) await new Promise((later) => setTimeout(later, AGAIN_MS));
      if (answer.passing && mine === round.current) waiting.current ??= shape;
    }
    asking.current = false;
  }, []);

  useEffect(
    () => () => {
      round.current += 1;
      waiting.current = null;
    },
    [],
  );

  const show = useCallback(
    (shape: Shape | null) => {
      waiting.current = shape;
      if (shape) void ask();
      else {
        round.current += 1;
        setOutline(null);
        setProblem(null);
      }
    },
    [ask],
  );
  return { outline, problem, show };
}
