/** Moves by keys, one after the other: what is pressed while the camera works on the move before is added up and goes on from its answer. */

import type { Corner, Point, Shape, Thing } from "./api";
import { hold } from "./shapes";

export interface Step {
  id: number;
  /** Null: the whole of it. */
  corner: number | null;
  /** Which of the places where the view shows the corner. */
  copy: number;
  by: Point;
}

/** ``thing`` with a corner, or with the whole of it, moved from one pixel to another. */
export function reshaped({ corners }: Thing, corner: number | null, from: Point, to: Point): Shape {
  return corner === null
    ? { corners, shift: { from_x: from.x, from_y: from.y, to_x: to.x, to_y: to.y } }
    : { corners: corners.map((kept, index): Corner => (index === corner ? to : kept)) };
}

export class Steps<T extends Thing> {
  private waiting: Step[] = [];
  private busy = false;
  private told: T | null = null;

  /** ``find``: the thing as it is shown; ``send``: change it, and give what the camera has made of it, null if it was refused. */
  constructor(
    private readonly find: (id: number) => T | undefined,
    private readonly send: (thing: T, shape: Shape) => Promise<T | null>,
  ) {}

  add(step: Step): void {
    const last = this.waiting.at(-1);
    if (last && last.id === step.id && last.corner === step.corner && last.copy === step.copy) last.by = plus(last.by, step.by);
    else this.waiting.push({ ...step });
    if (!this.busy) void this.run();
  }

  /** What is shown is new: it counts from now on, unless more is on its way. */
  renewed(): void {
    if (!this.busy) this.told = null;
  }

  private async run(): Promise<void> {
    this.busy = true;
    for (let step = this.waiting.shift(); step; step = this.waiting.shift()) {
      const { id, corner, copy, by } = step;
      const thing = this.told?.id === id ? this.told : this.find(id);
      const from = thing && placeOf(thing, corner, copy);
      if (!thing || !from) continue;
      const made = await this.send(thing, reshaped(thing, corner, from, plus(from, by)));
      this.told = made ?? thing;
      if (!made) this.waiting = this.waiting.filter((other) => other.id !== id);
    }
    this.busy = false;
  }
}

function placeOf({ outline }: Thing, corner: number | null, copy: number): Point | null {
  if (!outline) return null;
  if (corner === null) return hold(outline);
  const place = outline.places[corner]?.[copy];
  return place ? { x: place[0], y: place[1] } : null;
}

const plus = (a: Point, b: Point): Point => ({ x: a.x + b.x, y: a.y + b.y });
