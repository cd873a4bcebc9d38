import { expect, test } from "vitest";

import type { StorageDisk } from "./calls";
import { meanwhile, nature } from "./words";

const HOME = { away: false, waiting: 0, bytes: 0, moved: 0, segment: "", progress: 0, stuck: 0, reason: "" };
const disk = (homecoming: object, facts = {}) => ({ name: "Shelf", facts, homecoming: { ...HOME, ...homecoming } }) as unknown as StorageDisk;

test("what stands in for a share is said, and what waits", () => {
  expect(meanwhile(disk({}))).toBeNull();
  expect(meanwhile(disk({ away: true }))).toBe("Its recordings go to the card meanwhile.");
  expect(meanwhile(disk({ away: true, waiting: 1, bytes: 2_000_000 }))).toContain("2.0 MB wait");
  expect(meanwhile(disk({ segment: "a.mkv", waiting: 2, bytes: 5_000 }))).toBe("Being brought over from the card: 2 files, 5.0 kB.");
  expect(meanwhile(disk({ waiting: 1, bytes: 5_000 }))).toContain("until Shelf is there again");
  expect(meanwhile(disk({ stuck: 3 }))).toContain("3 files could not");
});

test("a disk says what it is", () => {
  expect(nature(disk({}, { filesystem: "ext4" }))).toBe("ext4");
  expect(nature(disk({}, { filesystem: "cifs", version: "3.1.1", encrypted: "yes" }))).toBe("SMB 3.1.1, encrypted");
  expect(nature(disk({}, { filesystem: "cifs", version: "2.1", encrypted: "no" }))).toBe("SMB 2.1, signed, not encrypted");
  expect(nature(disk({}, { filesystem: "ext4", wear: "40" }))).toBe("ext4, 40 % worn");
  expect(nature(disk({}))).toBe("");
});
