import { describe, expect, it } from "vitest";

import { parse, span, width } from "./zones";

describe("zones", () => {
  it("are as wide as the way round clockwise", () => {
    const corners = { down: -40, up: 0 };
    expect(width({ ...corners, left: 10, right: 30 })).toBe(20);
    expect(width({ ...corners, left: 170, right: -170 })).toBe(20);
    expect(width({ ...corners, left: 30, right: 10 })).toBe(340);
    expect(width({ ...corners, left: -180, right: 180 })).toBe(360);
  });

  it("are read from lines, with whatever separates columns in a spreadsheet", () => {
    expect(parse("Gate; 10; -40; 30; -20\n\n Yard\t−60°\t-90\t60,5\t0 \n;1;2;3;4")).toEqual([
      { name: "Gate", left: 10, down: -40, right: 30, up: -20 },
      { name: "Yard", left: -60, down: -90, right: 60.5, up: 0 },
      { left: 1, down: 2, right: 3, up: 4 },
    ]);
    expect(parse(" \n")).toEqual([]);
  });

  it("name the line that is none", () => {
    for (const wrong of ["Gate; 10; -40; 30", "Gate; 10; -40; 30; high", "Gate; 10; ; 30; 5", "Gate; 1; 2; 3; 4; 5"]) {
      expect(() => parse(`A; 1; 2; 3; 4\n${wrong}`)).toThrow(/^Line 2: /);
    }
  });

  it("are told in words", () => {
    expect(span({ left: 170, down: -50, right: -170, up: -10 })).toBe("pan 170.0° to -170.0°, tilt -50.0° to -10.0°");
  });
});
