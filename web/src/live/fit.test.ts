import { describe, expect, it } from "vitest";

import { comfortable, fitted, ratioOf, thumbnail } from "./fit";

describe("sizes", () => {
  it("fits a picture into its frame without changing its shape", () => {
    expect(fitted({ width: 1920, height: 1080 }, { width: 800, height: 800 })).toEqual({ width: 800, height: 450 });
    expect(fitted({ width: 1000, height: 1000 }, { width: 800, height: 300 })).toEqual({ width: 300, height: 300 });
  });

  it("reads resolutions", () => {
    expect(ratioOf("640x360")).toEqual({ width: 640, height: 360 });
    expect(ratioOf(null)).toEqual({ width: 4, height: 3 });
  });

  it("chooses a resolution that suits a screen, and one that suits a thumbnail", () => {
    const offered = ["2992x2992", "1280x1280", "960x960", "320x320", "160x160"];
    expect(comfortable(offered)).toBe("960x960");
    expect(comfortable(["2992x2992"])).toBe("2992x2992");
    expect(comfortable([])).toBeNull();
    expect(thumbnail(offered)).toBe("320x320");
    expect(thumbnail(["192x72"])).toBe("192x72");
  });
});
