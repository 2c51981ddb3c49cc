import assert from "node:assert/strict";
import { test } from "node:test";

import { Problem, problem, problemCodes, problemOfAnswer, problemOfEvent, toMicrophoneProblem, toProblem } from "../../static/js/errors.js";

const json = (/** @type {object} */ body) => JSON.stringify(body);

test("every problem says what to do, in whole sentences", () => {
  for (const code of problemCodes) {
    const { message, title } = problem(code);
    assert.match(message, /\.$/, code);
    assert.ok(title && message.length < 160, code);
    assert.doesNotMatch(message, /please|oops|sorry/i, code);
  }
});

test("three troubles with the microphone are three problems", () => {
  const codes = ["NotAllowedError", "NotFoundError", "NotReadableError"].map((name) => toMicrophoneProblem(new DOMException("", name)).code);

  assert.deepEqual(codes, ["microphone-denied", "microphone-missing", "microphone-busy"]);
});

test("the server's code decides, else its status", () => {
  assert.equal(problemOfAnswer(503, json({ code: "engine-starting" })).code, "engine-starting");
  assert.equal(problemOfAnswer(503, json({ code: "provider-busy" })).code, "lines-busy");
  assert.equal(problemOfAnswer(500, "<html>").code, "server-failed");
  assert.equal(problemOfAnswer(429, "", "2").retryAfterMs, 2_000);
});

test("what the server explains itself is told in its words", () => {
  const { code, message, title } = problemOfAnswer(422, json({ code: "invalid-field", title: "A value cannot be used", detail: "mode: text is not on offer here." }));

  assert.deepEqual([code, message, title], ["invalid-field", "mode: text is not on offer here.", "A value cannot be used"]);
});

test("the advice that fits the provider is the server's", () => {
  for (const given of ["provider-refused", "provider-forbidden", "model-unknown", "quota-used", "provider-busy"]) {
    const detail = "Azure OpenAI has no such deployment. Set AZURE_OPENAI_DEPLOYMENT_NAME.";
    const found = problemOfAnswer(502, json({ code: given, title: "x", detail }), "7");

    assert.equal(found.message, detail, given);
    assert.equal(found.title, problem(found.code).title);
    assert.equal(found.retryAfterMs, 7_000);
    assert.equal(problemOfAnswer(502, json({ code: given })).message, problem(found.code).message);
  }
});

test("what goes wrong with ears, voice and mode has sentences of its own", () => {
  for (const code of ["recognizer-changed", "recognizer-denied", "transcription-failed", "speech-changed", "speech-failed", "speech-off", "mode-unavailable", "settings-failed"]) {
    assert.ok(problemCodes.includes(code), code);
    assert.equal(problemOfAnswer(404, json({ code, detail: "for whoever runs it" })).message, problem(code).message);
  }
});

test("a provider's error object is understood", () => {
  assert.equal(problemOfAnswer(401, json({ error: { code: "invalid_api_key" } })).code, "provider-refused");
  assert.equal(problemOfEvent({ code: "rate_limit_exceeded" }).code, "rate-limited");
  assert.equal(problemOfEvent().code, "reply-failed");
});

test("a problem stays itself, anything else gets a name", () => {
  const known = new Problem("x", "y");

  assert.equal(toProblem(known), known);
  assert.equal(toProblem(new TypeError("Failed to fetch")).code, "server-unreachable");
  assert.equal(toProblem("odd").code, "unexpected");
});
