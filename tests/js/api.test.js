/** What goes to the server, and what of its answers counts. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

const page = { getElementById: () => ({ dataset: { person: "ada" } }) };
Object.assign(globalThis, { document: page });
const { deleteTurn, hangUp } = await import("../../static/js/api.js");

/** @type {{url: string, headers: Record<string, string>}[]} */
let asked;
/** @type {Response} */
let answer;

beforeEach(() => {
  [asked, answer] = [[], new Response()];
  globalThis.fetch = async (url, request) => {
    asked.push({ url: String(url), headers: /** @type {Record<string, string>} */ (request?.headers) });
    return answer;
  };
});

test("each request tells whose page asks", async () => {
  await hangUp("call_1");
  assert.equal(asked[0]?.headers["Vivavoce-Person"], "ada");
});

test("a page for signing in is no answer", async () => {
  Object.defineProperty(answer, "redirected", { value: true });

  await assert.rejects(deleteTurn("c1", "item_1"), { code: "sign-in-needed", status: 401 });

  assert.equal(asked[0]?.headers.Accept, "application/json");
});
