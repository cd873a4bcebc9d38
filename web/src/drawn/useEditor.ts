import { useEffect, useState } from "react";

import type { Calls, Outline, Place, Point, Shape, Thing } from "./api";
import { FEWEST, freshName, MOST } from "./shapes";
import type { Act } from "./useDrawn";
import { usePreview } from "./usePreview";

interface Sort<T extends Thing> {
  /** What one of them is called. */
  word: string;
  things: T[];
  most: number;
  calls: Calls<T>;
  act: Act;
  place: Place;
  /** What one that is brought back needs besides name, corners and whether it is on. */
  more?(thing: T): object;
}

/** Drawing, reshaping and removing things of one sort, with the keys that help. */
export function useEditor<T extends Thing>({ word, things, most, calls, act, place, more }: Sort<T>) {
  const [chosen, setChosen] = useState<number | null>(null);
  const [drawing, setDrawing] = useState<Point[] | null>(null);
  const [removed, setRemoved] = useState<T | null>(null);
  const sketch = usePreview(place, calls.preview);

  const draw = (points: Point[] | null) => {
    setDrawing(points);
    sketch.show(points && points.length >= FEWEST ? { corners: points } : null);
  };
  const finish = async () => {
    if (!drawing || drawing.length < FEWEST) return;
    const name = freshName(word, things, most);
    const done = await act(async () => setChosen((await calls.add(name, { corners: drawing }, place)).id));
    if (done) draw(null);
  };
  const reshape = async (thing: T, shape: Shape): Promise<T | null> => {
    const made: T[] = [];
    await act(async () => made.push(await calls.change(thing.id, shape as never, place)));
    return made[0] ?? null;
  };
  const remove = async (thing: T) => {
    if (await act(() => calls.remove(thing.id))) setRemoved(thing);
  };
  const bringBack = async (thing: T) => {
    const { name, corners, enabled } = thing;
    if (await act(() => calls.add(name, { corners }, undefined, { enabled, ...more?.(thing) }))) setRemoved(null);
  };

  useEffect(() => {
    if (!drawing) return;
    const press = (event: KeyboardEvent) => {
      if (event.target instanceof HTMLInputElement) return;
      if (event.key === "Escape") draw(null);
      else if (event.key === "Backspace") draw(drawing.slice(0, -1));
      else if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) void finish();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  });

  return {
    chosen,
    choose: setChosen,
    drawing,
    draw,
    finish: () => void finish(),
    problem: sketch.problem,
    remove: (thing: T) => void remove(thing),
    removed,
    bringBack: (thing: T) => void bringBack(thing),
    forget: () => setRemoved(null),
    /** For the overlay. */
    overlay: {
      place,
      chosen,
      drawing,
      sketch: { outline: sketch.outline as Outline | null, wrong: sketch.problem !== null },
      preview: calls.preview,
      onChoose: setChosen,
      onPoint: (point: Point) => drawing && drawing.length < MOST && draw([...drawing, point]),
      onClose: () => void finish(),
      onShape: reshape,
      onRemove: (thing: T) => void remove(thing),
    },
  };
}
