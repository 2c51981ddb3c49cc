import assert from "node:assert/strict";
import { test } from "node:test";

import { plainWords } from "../../static/js/page/plain_words.js";

const CASES = [
  ["It is **Paris**, *of course*.", "It is Paris, of course."],
  ["## Trains\n\n- to `Le Havre`\n* to Rouen", "Trains\n\nto Le Havre\nto Rouen"],
  ["> So they say", "So they say"],
  ["| City | People |\n|------|:------:|\n| Paris | 2 |", " City People \n\n Paris 2 "],
  ["See [the map](https://example.org/a_b).", "See the map."],
  ["```python\nprint(1)\n```", "\nprint(1)\n"],
  ["2 * 3 = 6, snake_case and C# stay, - so does a dash", "2 * 3 = 6, snake_case and C# stay, - so does a dash"],
];

for (const [written, said] of CASES) {
  test(`${JSON.stringify(written)} is shown without its marks`, () => assert.equal(plainWords(written ?? ""), said));
}
