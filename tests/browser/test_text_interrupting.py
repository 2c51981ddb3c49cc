"""Interrupting a reply of text mode: silent at once, and what is kept of it is what was heard."""

from __future__ import annotations

import pytest

from tests import speech
from tests.browser.chat_server import ChatServer
from tests.browser.hearing import recognized, words_reached
from tests.browser.talk_page import Recording, TalkPage
from tests.browser.test_barge_in import stored_turns
from tests.running import RunningApp
from tests.words import spoken_words

SILENT_WITHIN = 0.100
"""Seconds from the tap, or from the moment the person is noticed, to the last loud sample."""
NOTICED_WITHIN = 1.5
"""Seconds from the first loud sample of an interruption, on a machine that is busy; in the sound's
own time it is a fifth of that (tests/js/gate_echo.test.js)."""
ROUNDS = (1.0, 3.0, 5.0)
"""Seconds of the reply that are heard before it is interrupted."""
PART_OF_A_WORD = 0.15
"""Seconds."""
LONG = (
    "A river begins as a small spring high in the mountains, where the snow melts in summer. "
    "It runs down over stones and roots, and it grows with every stream that joins it. "
    "In the valley it becomes slow and wide, and farmers use its water for their fields. "
    "Boats carry people and goods along it from one town to the next. "
    "At last it reaches the sea, and its journey is over."
)
SHORT = "All right."


@pytest.fixture
def chat(parrot: ChatServer) -> ChatServer:
    """Gives a long reply and a short one in turn."""
    parrot.replies = [LONG, SHORT] * len(ROUNDS)
    return parrot


def begin_long_reply(page: TalkPage, seconds: float) -> float:
    """Ask for the long reply and hear so much of it; gives when it began."""
    page.recording()
    before = page.now()
    page.type("Tell me about rivers.")
    begun = page.begun("remote", after=before)
    page.wait_until(begun + seconds)
    return begun


def record_cut(page: TalkPage) -> Recording:
    """Wait until the reply is silent; gives what was heard until then, without the next reply."""
    moment = page.silent("remote", seconds=0.8)
    sound = page.recording()
    count = round((moment - sound.begin) * speech.RATE)
    return Recording(sound.begin, sound.mic[:count], sound.remote[:count])


def check_cut(app: RunningApp, page: TalkPage, sound: Recording, since: float) -> float:
    """Compare what was heard with what the page keeps; gives when the sound ended.

    Args:
        app: whose transcription is used.
        page: that was interrupted; only the row that was cut last is read.
        sound: of the reply, from `record_cut`.
        since: when the reply began, on the recorder's clock.
    """
    spans = speech.loud_spans(sound.remote)
    # A slow machine pauses between two chunks, which is no end.
    begin, end = spans[0][0], spans[-1][1]
    assert sound.begin + begin == pytest.approx(since, abs=0.1)
    # A word that was cut off may have been heard or not, and a recogniser likes to complete it.
    heard = [
        recognized(app, sound.remote[int(begin * speech.RATE) : int(until * speech.RATE)])
        for until in (end - PART_OF_A_WORD, end)
    ]
    surely, perhaps = (words_reached(LONG, words) for words in heard)
    # The answer to what interrupted it may have a row by now.
    rows = page.turns("assistant").and_(page.page.locator("[data-interrupted=true]"))
    kept = rows.last.locator(".turn-text").inner_text().strip().rstrip(" …")
    assert LONG.startswith(kept), kept
    assert min(surely) - 1 <= len(spoken_words(kept)) <= max(perhaps) + 1, (heard, kept)
    return sound.begin + end


def test_a_tap_silences_at_once_and_keeps_what_was_heard(
    parrot_app, chat, silent_browser, open_page
):
    page = open_page(silent_browser, parrot_app, record=True).prefer(mode="text").open()
    late = []
    for number, seconds in enumerate(ROUNDS):
        begun = begin_long_reply(page, seconds)
        tapped = page.page.evaluate(
            "() => { document.querySelector('[data-testid=interrupt]').click();"
            " return probe.clock() }"
        )
        sound = record_cut(page)
        page.state_is("listening")
        late.append(check_cut(parrot_app, page, sound, begun) - tapped)
        page.type("What did you just say?")
        page.replied(2 * number + 2)
        page.silent("remote", seconds=0.5)
        kept = [text.rstrip(" …") for text in page.texts("assistant")]
        context = chat.turns(-1)
        assert [text for role, text in context if role == "assistant"] == kept[:-1]

    assert max(late) <= SILENT_WITHIN, late
    assert [cut for _, _, cut in stored_turns(page)] == [False, True, False, False] * len(ROUNDS)


def test_recognised_speech_silences_at_once_and_keeps_what_was_heard(
    parrot_app, chat, silent_browser, open_page
):
    page = open_page(
        silent_browser, parrot_app, record=True, scripts=["scripted_recognizer.js"]
    ).prefer(mode="text")
    page.open().connect()
    late = []
    for number, seconds in enumerate(ROUNDS):
        begun = begin_long_reply(page, seconds)
        spoken = page.page.evaluate(
            "() => { recognizer.hear('Wait please'); return probe.clock() }"
        )
        sound = record_cut(page)
        # Before the slow look at the sound: words that stand still for 4 s are said as they are.
        page.page.evaluate("recognizer.finish('Wait please, what did you just say?')")
        late.append(check_cut(parrot_app, page, sound, begun) - spoken)
        page.replied(2 * number + 2)
        page.silent("remote", seconds=0.5)
        kept = [text.rstrip(" …") for text in page.texts("assistant")]
        context = chat.turns(-1)
        assert context[-1] == ("user", "Wait please, what did you just say?")
        assert [text for role, text in context if role == "assistant"] == kept[:-1]

    assert max(late) <= SILENT_WITHIN, late


def test_a_voice_in_the_microphone_silences_the_reply_and_keeps_what_was_heard(
    parrot_app, chat, silent_browser, open_page, espeak
):
    interruption = speech.speak("Stop, what did you just say?")
    page = open_page(silent_browser, parrot_app, record=True, scripts=["room.js"])
    page.prefer(mode="text").open().connect()
    late = []
    for number, seconds in enumerate(ROUNDS):
        begun = begin_long_reply(page, seconds)
        before = page.now()
        page.say(interruption)
        first = page.begun("mic", after=before)
        sound = record_cut(page)
        noticed = page.page.evaluate(
            "probe.states.findLast(({ state }) => state === 'user-speaking').at"
        )
        end = check_cut(parrot_app, page, sound, begun)
        late.append((end - noticed, end - first))
        page.replied(2 * number + 2)
        page.silent("remote", seconds=0.5)
        kept = [text.rstrip(" …") for text in page.texts("assistant")]
        context = chat.turns(-1)
        assert [text for role, text in context if role == "assistant"] == kept[:-1]

    print("silent after notice, after first loud sample:", late)
    assert max(after_notice for after_notice, _ in late) <= SILENT_WITHIN, late
    assert max(after_sound for _, after_sound in late) <= NOTICED_WITHIN, late
