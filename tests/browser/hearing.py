"""What a person has heard, found out from the sound alone: recorded in the page and recognised."""

from __future__ import annotations

from tests import speech
from tests.browser.talk_page import TalkPage
from tests.running import RunningApp
from tests.words import spoken_words

SETTLED_SECONDS = 1.5
"""So long silent: the reply is over, not between two sentences."""


def recognized(app: RunningApp, sound: speech.Sound) -> str:
    """Let the engine write down a sound."""
    return app.transcribe(speech.to_wav(speech.resampled(sound, speech.RATE, 16_000), 16_000))


def heard_words(app: RunningApp, page: TalkPage) -> str:
    """What the recording of the reply says."""
    remote = page.recording().remote
    spans = speech.loud_spans(remote, gap=SETTLED_SECONDS)
    assert spans, "nothing was heard"
    begin, end = int(spans[0][0] * speech.RATE), int(spans[-1][1] * speech.RATE)
    return recognized(app, remote[begin:end])


def words_reached(text: str, heard: str) -> range:
    """How many words of a text were heard before it was cut off.

    Returns:
        Every number of words that fits what was heard equally well.
    """
    words = spoken_words(text)
    letters, found = "".join(words), "".join(spoken_words(heard))
    # Edit distance between what was heard and every beginning of the text.
    row = list(range(len(letters) + 1))
    for i, letter in enumerate(found, start=1):
        previous, row[0] = row[0], i
        for j, other in enumerate(letters, start=1):
            change = previous + (letter != other)
            previous, row[j] = row[j], min(change, row[j] + 1, row[j - 1] + 1)
    ends = [sum(map(len, words[:count])) for count in range(len(words) + 1)]
    costs = [row[end] for end in ends]
    best = [count for count, cost in enumerate(costs) if cost == min(costs)]
    return range(best[0], best[-1] + 1)
