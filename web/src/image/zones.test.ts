import assert from "node:assert/strict";
import { test } from "node:test";

import { another, changed, unrolled, type Zone, zonesOf } from "./zones.ts";

const ZONE: Zone = { left: 0.4, top: 0.4, right: 0.6, bottom: 0.5 };

test("a zone is moved and stays in the picture", () => {
  assert.deepEqual(changed(ZONE, null, 0.1, -0.1), { left: 0.5, top: 0.3, right: 0.7, bottom: 0.4 });
  assert.equal(changed(ZONE, null, 5, 0)?.right, 1);
});

test("a zone is resized by its sides, but not to nothing", () => {
  assert.deepEqual(changed(ZONE, { across: 1, down: 0 }, 0.1, 0.3), { left: 0.4, top: 0.4, right: 0.7, bottom: 0.5 });
  assert.equal(changed(ZONE, { across: 1, down: 0 }, -0.5, 0), null);
});

test("a zone never leaves the image circle", () => {
  assert.equal(changed(ZONE, null, -1, -1), null);
});

test("a drag follows the finger while the picture is turned", () => {
  const [dx, dy] = unrolled(0, 1, 90);
  assert.ok(Math.abs(dx - 1) < 1e-9 && Math.abs(dy) < 1e-9);
});

test("new zones do not hide each other, and no setting is no zones", () => {
  assert.notDeepEqual(another([]), another([ZONE]));
  assert.deepEqual(zonesOf(null), []);
});
