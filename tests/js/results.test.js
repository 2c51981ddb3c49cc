import assert from "node:assert/strict";
import { test } from "node:test";

import { Results } from "../../static/js/speech/results.js";

const live = (/** @type {string} */ text) => ({ text, isFinal: false });
const done = (/** @type {string} */ text) => ({ text, isFinal: true });

test("live words are told until they are final, then only the news", () => {
  const results = new Results();

  assert.deepEqual(results.read([live("what")]), { final: "", interim: "what" });
  assert.deepEqual(results.read([live("what is"), live("the time")]), { final: "", interim: "what is the time" });
  assert.deepEqual(results.read([done("what is the time")]), { final: "what is the time", interim: "" });
  assert.deepEqual(results.read([done("what is the time"), live("please")]), { final: "", interim: "please" });
  assert.deepEqual(results.read([done("what is the time"), done("please"), live("and")]), { final: "please", interim: "and" });
});

test("words that were taken before they were final do not come again", () => {
  const results = new Results();
  results.read([done("hello"), live("what is")]);

  results.take();

  assert.deepEqual(results.read([done("hello"), live("what is the time")]), { final: "", interim: "the time" });
  assert.deepEqual(results.read([done("hello"), done("What's the time")]), { final: "time", interim: "" });
  assert.deepEqual(results.read([done("hello"), done("What's the time"), live("now")]), { final: "", interim: "now" });
});

test("taking nothing takes nothing away", () => {
  const results = new Results();
  results.take();
  results.read([done("hello")]);
  results.take();

  assert.deepEqual(results.read([done("hello"), live("there")]), { final: "", interim: "there" });
});

test("a list may shrink", () => {
  const results = new Results();
  results.read([live("what"), live("is")]);

  assert.deepEqual(results.read([live("what is")]), { final: "", interim: "what is" });
  assert.equal(results.unfinished, "what is");
});
