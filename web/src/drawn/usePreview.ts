import { useCallback, useRef, useState } from "react";

import { saying } from "../api";
import type { Outline, Place, Shape } from "./api";

export type Ask = (shape: Shape, place: Place) => Promise<{ outline: Outline }>;

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
        (reply) => ({ outline: reply.outline, problem: null }),
        (error: unknown) => ({ outline: null, problem: saying(error) }),
      );
      if (mine !== round.current) continue; // put aside meanwhile
      if (answer.outline) setOutline(answer.outline);
      setProblem(answer.problem);
    }
    asking.current = false;
  }, []);

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
