import { describe, expect, it } from "vitest";

import type { View } from "../api";
import { lacking, reasonOf } from "./reasons";

const view = (index: number, name: string, reason: string): View => ({
  index, name, reason, camera: index + 1, available: reason === "", resolutions: [], ptz: false, held: [], pose: null,
});

describe("reasons", () => {
  it("leave out what is for programs", () => {
    expect(reasonOf(view(3, "Quad View", "view=3: Quad View does not exist on the wall mount"))).toBe("Quad View does not exist on the wall mount");
    expect(reasonOf(view(3, "Quad View", "switched off in the settings"))).toBe("switched off in the settings");
  });

  it("are told once for all views that share them", () => {
    const views = [
      view(0, "Overview", ""),
      view(3, "Quad View", "view=3: Quad View does not exist here"),
      view(11, "Corridor", "view=11: Corridor does not exist here"),
      view(1, "Panorama", "switched off in the settings"),
    ];
    expect(lacking(views)).toEqual([
      { names: "Quad View, Corridor", reason: "does not exist here" },
      { names: "Panorama", reason: "switched off in the settings" },
    ]);
  });
});
