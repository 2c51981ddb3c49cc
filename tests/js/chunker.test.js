import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { Chunker } from "../../static/js/speech/chunker.js";

const REPLIES = new URL("../data/replies/", import.meta.url);

/** @param {string[]} bits @param {{language?: string}} [options] */
function chunksOf(bits, options) {
  const chunker = new Chunker(options);
  return [...bits.flatMap((bit) => chunker.write(bit)), ...chunker.finish()];
}

/** Sign by sign, as slow as a reply can come. @param {string} text @param {{language?: string}} [options] */
const slowly = (text, options) => chunksOf(text.split(""), options);

/** @type {[what: string, chunks: string[], language?: string][]} where a slow reply is cut */
const CASES = [
  ["a first clause without a mark", ["The capital of France ", "is Paris, which lies on the Seine. ", "It is old."]],
  ["a first clause at a comma", ["Well, of course, ", "we can do that. ", "Shall we?"]],
  ["no pause behind an article", ["It is generally the best ", "of all that I have seen."]],
  ["a short first sentence waits", ["Yes! Of course it is. ", "Next."]],
  ["titles and initials", ["That was written ", "by Dr. J. R. R. Tolkien, e.g. in the U.S. Army. ", "Next."]],
  ["abbreviations that end a sentence", ["We open at ten ", "in the morning, i.e. 10 a.m. ", "Then we go."]],
  ["decimals, thousands, times, versions", ["It costs only 3.14, ", "or 1,000.50 at 10:30 with v1.2.3 of it. ", "Next."]],
  ["a year ends a sentence", ["All that was in the year ", "1999. ", "Then came more."]],
  ["numbers of figures and pages", ["Please look at the page, ", "i.e. Fig. 3 on p. 12 or No. 5. ", "No. ", "That is all."]],
  ["German ordinals and abbreviations", ["Am 3. Oktober feiern wir, ", "z. B. in Berlin, das 2. Fest. ", "Das ist ca. 30 Jahre her."], "de"],
  ["German ordinals without being told", ["Das war dann wohl schon ", "der 2. Versuch. ", "Gut."]],
  ["ellipses", ["Hmm… let me think... ", "Wait… and then it was over. ", "Yes."]],
  ["two marks, quotes, brackets", ["Did he say that really?! ", "“Yes.” ", "(He left.) ", "**Bold.** ", "Next."]],
  ["speech goes on behind a quote", ["Then he asked me: ", "“Really?” he said. ", "Next."]],
  ["addresses, mail and files", ["Have a look at this one: ", "https://example.com/a.b?c=d. ", "Or mail a.b@example.com about main.py. ", "Next."]],
  ["emphasis may be cut", ["This is very important, ", "**so read it. ", "All of it.** ", "Next."]],
  ["code and links are not torn", ["Have a look at `a, b. C` ", "here and [some. More, text](https://a.b/c) too. ", "Next."]],
  ["prices are no formulas", ["It costs $5 and I think ", "that is fine. ", "Or $10. ", "Next."]],
  ["formulas are not torn", ["We know that $a + b, c. D$ ", "is good. ", "So \\(x. Y\\) is. ", "Next."]],
  ["a displayed formula", ["This is the equation:\n\n", "$$\nx = 1,\n- y. Z\n$$\n\n", "It is so."]],
  ["headings", ["# The title of all\n\n", "Some text is here. ", "More.\n\n", "## 1. Part\n\n", "Text."]],
  ["lists within lists", ["Here is what you need:\n\n", "1. First. ", "It is long.\n", "   - inner\n", "   - other\n", "2. Second\n\n", "Done."]],
  ["an item of many lines", ["Here is what you need:\n", "- an item that is so long that somebody has wrapped its line here\n  and goes on. ", "Then more.\n", "- next"]],
  ["a table", ["Here is a good table:\n\n", "| A | B |\n|---|---|\n| 1. X | 2 |\n| 3 | 4 |\n", "\nThat is all."]],
  ["a table without edges", ["Name | Age\n--- | ---\nAda | 36\nBen | 12\n", "\nThat is all."]],
  ["a code block", ["So it goes like this:\n\n", "```python\nprint(1)\n\n# No. 2. Yes\n```\n", "\nDone."]],
  ["a code block in a list", ["1. Do this right away:\n", "   ```sh\n   ls -l. Then\n   ```\n", "2. Next"]],
  ["a code block that never ends", ["So it goes like this:\n", "```\na. B\n\n# C"]],
  ["a fence within a longer fence", ["So it goes like this:\n", "````md\n```\na\n```\n````\n", "Done."]],
  ["a quotation", ["As somebody has written:\n\n", "> It is so. ", "And so it stays.\n\n", "Next."]],
  ["lines that were meant", ["Roses are red,\n", "Violets are blue,\n", "Sugar is sweet."]],
  ["lines that were only wrapped", ["Here we have a paragraph ", "whose lines are wrapped at some sixty or\nseventy signs. ", "That is fine."]],
  ["CRLF", ["First line is here.\r\n", "Second line.\r\n\r\n", "- item\r\n", "- other"]],
  ["Chinese", ["今天天气很好，", "我们去公园吧。", "你觉得怎么样？", "“好！”", "那就走吧。"]],
  ["Japanese", ["「こんにちは。」", "今日はいい天気ですね。", "散歩に行きましょう！"]],
  ["Arabic", ["هذا نص عربي طويل، ", "وهو يحتوي على جمل. ", "هل فهمت؟ ", "نعم."]],
  ["Urdu", ["یہ ایک لمبا جملہ ہے۔ ", "کیا آپ سمجھے؟ ", "جی ہاں۔"]],
  ["Hindi", ["यह एक वाक्य है। ", "यह दूसरा वाक्य है। ", "क्या आप समझे?"]],
  ["French spaces before marks", ["Bonjour à tous ! ", "Comment ça va ? ", "Bien."]],
  ["emoji", ["That is a good idea! ", "😊 Let us go. ", "👩‍👩‍👧 Yes."]],
];

for (const [what, chunks, language] of CASES) {
  test(`is cut well: ${what}`, () => {
    assert.deepEqual(slowly(chunks.join(""), { language }), chunks);
  });
}

test("nothing is lost or added, and the cuts do not depend on how the reply arrives", () => {
  for (const name of readdirSync(REPLIES)) {
    const text = readFileSync(new URL(name, REPLIES), "utf8");
    const slow = slowly(text);
    const edges = new Set(slow.map((_, index) => slow.slice(0, index + 1).join("").length));

    for (const size of [2, 3, 7, 40, text.length]) {
      const bits = text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
      const chunks = chunksOf(bits);
      let length = 0;

      assert.equal(chunks.join(""), text, name);
      assert.equal(chunks[0], slow[0], name);
      for (const chunk of chunks) assert.ok(edges.has((length += chunk.length)), `${name}: ${chunk}`);
    }
  }
});

test("only short sentences of one paragraph leave together", () => {
  const text = "Here we are then. One. Two. Three is the last one of this paragraph.\n\nFour.\n- five\n- six";

  assert.deepEqual(chunksOf([text]), ["Here we are then. ", "One. Two. Three is the last one of this paragraph.\n\n", "Four.\n", "- five\n", "- six"]);
});

test("a number or an abbreviation may be cut by the border of two bits", () => {
  assert.deepEqual(chunksOf(["It is about 3.", "14", " or so, e.", "g. ", "four. Y", "es"]), ["It is about 3.14 or so, ", "e.g. four. ", "Yes"]);
});

test("text without any mark is cut between words, at bearable lengths", () => {
  for (const text of ["one two three four five six seven ".repeat(40), "光合作用是植物利用阳光将二氧化碳和水转化为葡萄糖".repeat(20), "ภาษาไทยไม่มีช่องว่างระหว่างคำ".repeat(20)]) {
    const [first = "", ...others] = slowly(text);

    assert.ok(first.length <= 27, first);
    assert.ok(others.length > 1 && others.every((chunk) => chunk.length <= 230));
  }
});

test("nothing longer than a speech server takes ever leaves", () => {
  const long = ["x".repeat(9000), `\`\`\`js\n${"let x = 1;\n".repeat(900)}\`\`\`\nAfter it.`, `| a | b |\n|---|---|\n${"| cell | other |\n".repeat(500)}`, "[".repeat(5000), "$$".repeat(3000), "\n".repeat(9000)];

  for (const text of long) {
    const chunks = chunksOf([text]);

    assert.equal(chunks.join(""), text);
    assert.ok(chunks.every((chunk) => chunk.length <= 2000));
  }
});

test("any text stays whole", () => {
  const signs = ["a", "B", ". ", " ", "\n", "\n\n", "- ", "1. ", "```", "`", "|", "$", "\\[", "\\]", "[", "](", ")", "*", "#", "。", "😊", "؟ ", "word ", ", "];
  let seed = 11;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;

  for (let round = 0; round < 400; round++) {
    const bits = Array.from({ length: 60 }, () => signs[Math.floor(random() * signs.length)] ?? "");

    assert.equal(chunksOf(bits).join(""), bits.join(""));
  }
});
