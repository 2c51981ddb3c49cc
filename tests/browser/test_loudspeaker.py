"""The page's own voice comes back through the microphone: it makes no turn, a person does."""

from __future__ import annotations

from tests import speech
from tests.browser.talk_page import PATIENCE_MS
from tests.browser.test_text_interrupting import LONG
from tests.words import word_errors

REPLIES = [
    "The sun is a hot star.",
    "Most cats sleep all day.",
    "It takes about seven minutes.",
    "Then water turns to ice.",
    "The train leaves in the morning.",
    "A long walk would do you good.",
    "Bread needs flour, water and salt.",
    "Seven days make a week.",
    "The tallest trees grow there.",
    "Sleep well until tomorrow.",
]
QUESTION = "Please stop for a moment and tell me what time it is in London."
ANSWER = "I know only one."
LOUDSPEAKER = 0.5
"""How loud it comes back, as a share of the sound that is played; a person in front of it peaks at
0.5. Others, and other rooms, are in tests/js/gate.test.js."""
UNDERSTOOD = 0.5
"""Word errors: our own voice lies over the first of fourteen words. Another sentence is near 1."""
COMES_BACK_SECONDS = 0.8
"""After a reply: its echo, and the time in which a recogniser would make words of it."""


def test_our_own_voice_makes_no_turn_and_a_question_over_it_does(
    parrot, parrot_app, silent_browser, open_page, espeak
):
    count = len(REPLIES)
    parrot.replies = [*REPLIES, LONG, ANSWER]
    page = open_page(silent_browser, parrot_app, record=True, scripts=["room.js"])
    page.prefer(mode="text").open().connect()
    page.page.evaluate("gain => room.setEcho(gain)", LOUDSPEAKER)

    for number in range(1, count + 1):
        page.type(f"Question number {number}.")
        page.replied(number)
        page.silent("mic", seconds=COMES_BACK_SECONDS)

    typed = [f"Question number {number}." for number in range(1, count + 1)]
    assert page.texts("user") == typed
    assert page.texts("assistant") == REPLIES

    before = page.now()
    page.type("Tell me about rivers.")
    begun = page.begun("remote", after=before)
    page.wait_until(begun + 2.0)
    page.say(speech.speak(QUESTION))
    page.replied(count + 2)

    assert page.texts("user")[:-1] == [*typed, "Tell me about rivers."]
    asked = page.texts("user")[-1]
    assert word_errors(QUESTION, asked) <= UNDERSTOOD, asked
    assert page.turns("assistant").nth(count).get_attribute("data-interrupted") == "true"
    assert len(page.texts("assistant")[count]) < len(LONG)


# Recognises what the page says as a cloud would: late, and not quite right. It counts the sound
# that was really heard, so that it is never ahead of one that stalls on a slow machine.
# It waits for the next sound by itself, since a test that stalls would come when it is over.
EAVESDROP = """([reply, msPerWord, lateMs, patienceMs]) => {
    const words = reply.replace("quiet", "quite").replace(/[.,]/g, "").toLowerCase().split(" ");
    const begun = probe.begun("remote", probe.begunAt.remote, patienceMs);
    window.eavesdropped = begun.then((begin) => new Promise((resolve) => {
        const past = []; // how much sound there was when, milliseconds
        let loudAt = begin, sound = 0, said = 0;
        const timer = setInterval(() => {
            sound += 1000 * Math.min(probe.loudAt.remote - loudAt, 0.1);
            loudAt = probe.loudAt.remote;
            const now = performance.now();
            past.push({ at: now, sound });
            while (past[1]?.at <= now - lateMs) past.shift();
            const heard = past[0].at <= now - lateMs ? past[0].sound : 0;
            const count = Math.min(words.length, Math.floor(heard / msPerWord));
            if (count > said) recognizer.hear(words.slice(0, count).join(" "));
            said = Math.max(said, count);
            if (heard === 0 || heard < sound) return;
            clearInterval(timer);
            recognizer.finish(words.join(" "));
            resolve();
        }, 20);
    }));
}"""


MS_PER_WORD = 100
"""As in loudspeaker.toml."""
LATE_MS = 800
"""The recogniser, behind the sound."""


def test_a_recogniser_that_hears_our_own_words_makes_no_turn(app_with, silent_browser, open_page):
    page = open_page(
        silent_browser,
        app_with("loudspeaker.toml"),
        record=True,
        scripts=["scripted_recognizer.js", "room.js"],
    ).prefer(mode="text")
    page.open().connect()
    page.page.evaluate("recognizer.ready()")
    page.page.evaluate("room.setEcho(0.5)")
    reply = "The river runs slowly through the quiet valley today."

    for number in range(1, 6):
        page.page.evaluate(EAVESDROP, [reply, MS_PER_WORD, LATE_MS, PATIENCE_MS])
        page.type(f"Question number {number}.")
        page.page.evaluate("eavesdropped")
        page.replied(number)

    assert page.texts("user") == [f"Question number {n}." for n in range(1, 6)]
    assert page.texts("assistant") == [reply] * 5

    before = page.now()
    page.type("Tell me a story.")
    begun = page.begun("remote", after=before)
    page.wait_until(begun + 1.5)
    for words in ("once upon a", "once upon a time there", "once upon a time there what time"):
        page.page.evaluate("words => recognizer.hear(words)", words)
    page.page.evaluate("recognizer.finish('once upon a time there what time is it')")
    page.replied(7)

    assert page.texts("user")[-1].lower() == "what time is it"
    assert page.texts("assistant")[-1] == "It is noon."
