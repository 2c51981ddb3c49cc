import assert from "node:assert/strict";
import { test } from "node:test";

import { KeyRing } from "../../static/js/call/key_ring.js";
import { wishesFor, wishesIn } from "../../static/js/call/wishes.js";

test("what is not wished for comes from the settings", () => {
  assert.deepEqual(wishesFor({ mode: "text", conversationId: null }), { mode: "text", conversation_id: null });
  assert.deepEqual(wishesFor({ mode: "native", conversationId: "c", voice: "", language: "de", model: undefined }), {
    mode: "native", conversation_id: "c", language: "de",
  });
});

test("only the wishes are taken from the options of a call", () => {
  const options = { voice: "nova", language: "fr", muted: true, history: [] };

  assert.deepEqual(Object.entries(wishesIn(options)).filter(([, value]) => value !== undefined), [["voice", "nova"], ["language", "fr"]]);
});

test("a key that was minted ahead is found by the same wishes in any order", async () => {
  let minted = 0;
  /** @type {any} */
  const session = {};
  const keys = new KeyRing(async () => { minted += 1; return { session, secondsValid: 60 }; });

  keys.prepare(wishesFor({ mode: "text", conversationId: null, language: "de", voice: "nova" }));
  await keys.take(wishesFor({ voice: "nova", language: "de", conversationId: null, mode: "text" }));
  await keys.take(wishesFor({ language: "de", conversationId: null, mode: "text" }));

  assert.equal(minted, 2);
});
