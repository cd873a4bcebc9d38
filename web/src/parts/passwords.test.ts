import { describe, expect, it } from "vitest";

import { generate, strength } from "./passwords";

describe("passwords", () => {
  it("are generated long, and never twice the same", () => {
    const made = Array.from({ length: 50 }, generate);
    expect(made.every((each) => /^[A-Za-z0-9]{16}$/.test(each))).toBe(true);
    expect(new Set(made).size).toBe(50);
  });

  it("are judged by length and variety", () => {
    expect(strength("aaaa")).toBeLessThan(35);
    expect(strength("password")).toBeLessThan(70);
    expect(strength(generate())).toBeGreaterThan(70);
  });
});
