import { describe, expect, it } from "vitest";

import type { Disk } from "./calls";
import { placeOf } from "./place";

const disk = (change: Partial<Disk>): Disk => ({
  id: "SD_DISK",
  name: "Card",
  state: "OK",
  reason: "",
  total: 1,
  free: 1,
  queued: 0,
  refused: 0,
  recordings: 0,
  protected: false,
  ...change,
});

describe("placeOf", () => {
  it("takes disks that can be written", () => {
    const found = placeOf([disk({ state: "failed" }), disk({ id: "NetworkShare" }), disk({ id: "NetworkShareN0", protected: true })]);
    expect(found.usable.map(({ id }) => id)).toEqual(["NetworkShare"]);
    expect(found.reason).toBeNull();
  });
  it("says why there is none", () => {
    expect(placeOf([]).reason).toContain("no storage yet");
    expect(placeOf([disk({ protected: true })]).reason).toBe("Card is write-protected.");
    expect(placeOf([disk({ state: "failed", reason: "it is no longer there" })]).reason).toBe("Card is not there: it is no longer there.");
    expect(placeOf([disk({ state: "unmounted" }), disk({ name: "Shelf", state: "full" })]).reason).toBe("Card is not mounted. Shelf is full.");
  });
});
