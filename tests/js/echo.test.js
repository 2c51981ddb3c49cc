import assert from "node:assert/strict";
import { test } from "node:test";

import { Echo } from "../../static/js/speech/echo.js";

const SEA = "The ocean covers more than seventy percent of the surface of the earth, and most of it has never been seen.";
const CITY = "Paris is the capital of France. It lies on the river Seine.";
const CHOICE = "Yes, of course. Would you like London or Paris?";

/** An ear that heard us say this from 10 s on, fifteen letters a second, until it was over or we were cut off. @param {string} text */
function after(text, silentAt = Infinity) {
  const echo = new Echo();
  const endMs = 10_000 + (text.length / 15) * 1000;
  echo.sounds();
  echo.spoke(text, 10_000, endMs, "first");
  if (silentAt < Infinity) echo.fallsSilent(silentAt);
  return echo;
}

/** [what we say, when it ends or is cut off, words heard, handed over at, begun at, what is left] */
const WHILE_WE_SPEAK = [
  ["our own words", SEA, "the ocean covers more than seventy percent", 14_000, 10_200, ""],
  ["in the middle of a sentence", SEA, "of the surface of the Earth and most", 16_000, 13_000, ""],
  ["numbers as digits", SEA, "covers more than 70% of the surface", 15_000, 10_500, ""],
  ["with a recogniser's errors", SEA, "the oceans cover more then seventy percent of these surface", 15_500, 10_200, ""],
  ["a word left out", SEA, "the ocean more than seventy percent", 14_500, 10_200, ""],
  ["a word put in", SEA, "the ocean it covers more than seventy", 14_500, 10_200, ""],
  ["the first word cut off", SEA, "cean covers more than", 13_000, 10_600, ""],
  ["a single word of ours", SEA, "ocean", 11_500, 10_300, ""],
  ["own words, then a question", SEA, "the ocean covers what time is it", 14_000, 10_200, "what time is it"],
  ["a question, then own words", SEA, "What time is it? Seventy percent of the surface", 15_000, 10_200, "What time is it?"],
  ["a question between own words", SEA, "the ocean covers wait are you sure seventy percent of the surface", 16_000, 10_200, "wait are you sure"],
  ["only the person", SEA, "please stop talking now", 13_000, 11_500, "please stop talking now"],
  ["a short order", SEA, "stop", 13_000, 12_400, "stop"],
  ["small words that are in every sentence", SEA, "what is the name of it", 14_000, 11_000, "what is the name of it"],
  ["capitals and marks of the person stay", SEA, "The ocean covers. No, I meant: lakes!", 14_000, 10_200, "No, I meant: lakes!"],
  ["a word that we said long ago", SEA, "ocean", 17_000, 15_800, "ocean"],
  ["a word that we will say later", SEA, "earth", 11_000, 10_300, "earth"],
  ["apostrophes", "Don't worry, it's only the wind’s song.", "dont worry its only the winds song", 13_500, 10_200, ""],
  ["two hundred and five", "There are two hundred and five steps to climb.", "there are 205 steps", 13_000, 10_200, ""],
  ["thousands", "It has 11,200 rooms in nineteen hundred towers.", "it has eleven thousand two hundred rooms", 13_500, 10_200, ""],
  ["German", "Die Straße ist heute für große Lastwagen gesperrt.", "die strasse ist heute fur grosse lastwagen", 13_500, 10_200, ""],
  ["German, with a question after it", "Die Straße ist heute für große Lastwagen gesperrt.", "Die Straße ist heute wie lange denn noch", 13_500, 10_200, "wie lange denn noch"],
  ["German numbers", "Es sind noch siebzig Kilometer bis nach Hamburg.", "es sind noch 70 kilometer", 12_500, 10_200, ""],
  ["French", "L'été à la campagne, c'était déjà l'école buissonnière.", "l été à la campagne c'était déjà", 13_500, 10_200, ""],
  ["Spanish", "¿Dónde está la estación más próxima? Está allí.", "donde esta la estacion mas proxima", 13_500, 10_200, ""],
  ["Russian", "Москва — столица России, и там живут миллионы людей.", "москва столица россии", 12_500, 10_200, ""],
  ["Arabic", "القاهرة هي عاصمة مصر وأكبر مدنها.", "القاهره هي عاصمة مصر", 12_500, 10_200, ""],
  ["Korean", "서울은 대한민국의 수도이고 한강이 흐릅니다.", "서울은 대한민국의 수도이고", 12_500, 10_200, ""],
  ["Japanese", "東京は日本の首都で、人口は約千四百万人です。", "東京は日本の首都で", 12_000, 10_100, ""],
  ["Chinese", "北京是中国的首都,有很多名胜古迹。", "北京是中国的首都", 12_000, 10_100, ""],
  ["Chinese, with a question after it", "北京是中国的首都,有很多名胜古迹。", "北京是中国的首都 现在几点了", 12_500, 10_100, "现在几点了"],
  ["Chinese, only the person", "北京是中国的首都,有很多名胜古迹。", "现在几点了", 12_500, 10_900, "现在几点了"],
];

for (const [name, text, heard, at, since, left] of WHILE_WE_SPEAK) {
  test(`while we speak: ${name}`, () => {
    assert.equal(after(/** @type {string} */ (text)).withoutOwn(/** @type {string} */ (heard), /** @type {number} */ (at), /** @type {number} */ (since)), left);
  });
}

/** We were cut off, or had finished. */
const AFTER_US = [
  ["one of our words is the answer", CHOICE, 13_200, "London", 15_600, 14_200, "London"],
  ["a short word of ours", CHOICE, 13_200, "yes", 15_000, 14_000, "yes"],
  ["a whole clause of ours, repeated as a question", CITY, 14_000, "Paris is the capital of France?", 17_500, 15_500, "Paris is the capital of France?"],
  ["a yes over the end of a sentence that began with it", CHOICE, 13_200, "yes", 14_500, 13_000, "yes"],
  ["our last words come late", CHOICE, 13_200, "or Paris", 15_500, 13_300, ""],
  ["cut off: our words and a question", CITY, 11_500, "is the capital what about Berlin", 14_000, 10_700, "what about Berlin"],
  ["cut off: what we did not come to say is the person's", CITY, 11_500, "lies on the river Seine", 14_000, 11_300, "lies on the river Seine"],
  ["long after", SEA, 17_000, "the ocean covers more than seventy percent", 60_000, 57_000, "the ocean covers more than seventy percent"],
];

for (const [name, text, silentAt, heard, at, since, left] of AFTER_US) {
  test(`after us: ${name}`, () => {
    assert.equal(after(/** @type {string} */ (text), /** @type {number} */ (silentAt)).withoutOwn(/** @type {string} */ (heard), /** @type {number} */ (at), /** @type {number} */ (since)), left);
  });
}

test("nothing is our own while nothing was spoken", () => {
  const echo = new Echo();

  assert.equal(echo.withoutOwn("What time is it?", 5_000), "What time is it?");
  assert.equal(echo.isOwn("", 5_000), false);
});

test("it is told whether all words are our own", () => {
  assert.equal(after(SEA).isOwn("the ocean covers", 12_500, 10_200), true);
  assert.equal(after(SEA).isOwn("the ocean covers what", 12_500, 10_200), false);
});

test("a voice that turns out to be quicker than was guessed is still our own", () => {
  const echo = after(SEA);
  const heard = "the ocean covers more than seventy percent of the surface";

  assert.notEqual(echo.withoutOwn(heard, 12_000, 10_200), "");
  echo.spoke(SEA, 10_000, 12_000, "first");
  assert.equal(echo.withoutOwn(heard, 12_000, 10_200), "");
  assert.equal(echo.withoutOwn("the earth and most of it what time is it", 13_000, 10_200), "what time is it");
});

test("the memory forgets what nobody can hear any more", () => {
  const echo = after(SEA, 18_000);
  echo.sounds();
  echo.spoke(CITY, 200_000, 204_000, "second");
  echo.fallsSilent(204_000);

  assert.equal(echo.withoutOwn("the ocean covers more", 18_500, 10_000), "the ocean covers more");
});
