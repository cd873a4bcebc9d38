import { describe, expect, it } from "vitest";

import { snapshotName } from "./snapshot";

describe("snapshots", () => {
  it("are named after the view and the local time", () => {
    expect(snapshotName("View Area 1", new Date(2026, 4, 9, 14, 3, 5))).toBe("view-area-1_2026-05-09_14-03-05.jpg");
    expect(snapshotName("Entrée / Süd", new Date(2026, 11, 31, 0, 0, 0))).toBe("entrée-süd_2026-12-31_00-00-00.jpg");
  });
});
