import { expect, test } from "vitest";

import type { Point, Shape, Thing } from "./api";
import { Steps } from "./steps";

const made = (places: [number, number][], id = 1): Thing => ({
  id,
  name: "Door",
  enabled: true,
  corners: places.map(([azimuth, off]) => ({ azimuth, off })),
  outline: { places: places.map((place) => [place]), lines: [] },
});

/** A camera that answers when it is told to, with the shape that it was sent. */
function camera(refuses = false) {
  const sent: Shape[] = [];
  const answers: (() => void)[] = [];
  const shown = made([[0, 0], [10, 0], [10, 10]]);
  const apply = ({ corners = [], shift }: Shape): Thing => {
    const [dx, dy] = shift ? [shift.to_x - shift.from_x, shift.to_y - shift.from_y] : [0, 0];
    return made(corners.map((corner) => ("x" in corner ? [corner.x, corner.y] : [corner.azimuth + dx, corner.off + dy])));
  };
  const steps = new Steps<Thing>(
    (id) => (id === 1 ? shown : undefined),
    (_thing, shape) =>
      new Promise((resolve) => {
        sent.push(shape);
        answers.push(() => resolve(refuses ? null : apply(shape)));
      }),
  );
  const answer = async () => {
    answers.shift()?.();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { sent, answer, steps, last: () => apply(sent.at(-1) ?? {}).corners };
}

const right = (corner: number | null, x = 2): { id: number; corner: number | null; copy: number; by: Point } => ({ id: 1, corner, copy: 0, by: { x, y: 0 } });

test("a key that is held down loses no step", async () => {
  const { sent, answer, steps, last } = camera();
  for (let press = 0; press < 6; press += 1) steps.add(right(0));
  expect(sent.length).toBe(1); // one under way, the others wait and are one
  await answer();
  await answer();
  expect(sent.length).toBe(2);
  expect(last()[0]).toEqual({ azimuth: 12, off: 0 });
});

test("a corner that is moved right after the whole thing keeps both moves", async () => {
  const { answer, steps, last } = camera();
  steps.add(right(null, 20));
  steps.add(right(2));
  await answer();
  await answer();
  expect(last()).toEqual([{ azimuth: 20, off: 0 }, { azimuth: 30, off: 0 }, { azimuth: 32, off: 10 }]);
});

test("what is shown anew counts; what is refused is not tried again and again", async () => {
  const good = camera();
  good.steps.add(right(0));
  await good.answer();
  good.steps.renewed();
  good.steps.add(right(0));
  expect(good.last()[0]).toEqual({ azimuth: 2, off: 0 }); // from what is shown
  const bad = camera(true);
  for (const corner of [0, 1, 2]) bad.steps.add(right(corner));
  await bad.answer();
  expect(bad.sent.length).toBe(1);
  bad.steps.add({ ...right(0), id: 7 }); // nobody
  expect(bad.sent.length).toBe(1);
});
