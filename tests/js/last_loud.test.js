import assert from "node:assert/strict";
import { test } from "node:test";

import { LastLoud } from "../../static/js/audio/last_loud.js";

/** @param {number[]} levels  one every 100 ms */
function hear(levels, ear = new LastLoud(), begin = 0) {
  levels.forEach((level, index) => ear.hear(level, begin + index * 100));
  return ear.at;
}

test("the last syllable counts, the room behind it does not", () => {
  assert.equal(hear([0.001, 0.2, 0.8, 0.9, 0.55, 0.3, 0.2, 0.1]), 400);
});

test("a quiet room is nobody", () => {
  assert.equal(hear([0.001, 0.2, 0.1]), null);
});

test("who speaks softly after somebody loud is heard a little later", () => {
  const ear = new LastLoud();
  hear([0.95], ear);
  assert.equal(hear([0.5, 0.1], ear, 1_000), 0);
  assert.equal(hear([0.5, 0.1], ear, 20_000), 20_000);
});
