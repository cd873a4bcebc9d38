import { describe, expect, it } from "vitest";

import { Cutter } from "./stored";

function framed(...bodies: number[][]): Uint8Array {
  return new Uint8Array(bodies.flatMap((body) => [0, 0, 0, body.length, ...body]));
}

describe("Cutter", () => {
  it("gives whole messages wherever the stream was cut", () => {
    const bodies = [[1, 2, 3], [], [4], [5, 6, 7, 8, 9]];
    const data = framed(...bodies);
    for (let step = 1; step <= data.length; step += 1) {
      const cutter = new Cutter();
      const found: number[][] = [];
      for (let at = 0; at < data.length; at += step) {
        for (const message of cutter.push(data.slice(at, at + step))) found.push([...new Uint8Array(message)]);
      }
      expect(found).toEqual(bodies);
    }
  });
});
