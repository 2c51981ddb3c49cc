"""Turns found in probabilities of speech, without any sound."""

import pytest

from services.engine.protocol.turn_detection import TurnDetection
from services.engine.turn_taking import (
    FRAME_MS,
    LONGEST_MS,
    PAUSE_MS,
    Paused,
    Resumed,
    Started,
    Stopped,
    TimedOut,
    TurnTaker,
    patience_ms,
)


class Talk:
    """Feeds a turn taker frame by frame."""

    def __init__(self, **detection):
        self.taker = TurnTaker(TurnDetection(**{"kind": "semantic_vad"} | detection))
        self.now_ms = 0

    def hear(self, probability, ms, judged=None):
        moments = []
        for _ in range(ms // FRAME_MS):
            self.now_ms += FRAME_MS
            found = self.taker.hear(probability, self.now_ms)
            moments += found
            if judged is not None and any(isinstance(one, Paused) for one in found):
                self.taker.judged(judged)
        return moments


def test_a_click_begins_no_turn():
    talk = Talk()

    assert talk.hear(0.9, 64) == []
    assert talk.hear(0.0, 320) == []


def test_a_turn_begins_with_the_padding_before_its_first_word():
    talk = Talk(prefix_padding_ms=300)
    talk.hear(0.0, 960)

    assert talk.hear(0.9, 96) == [Started(660)]


def test_the_padding_does_not_begin_before_the_sound():
    assert Talk().hear(0.9, 96) == [Started(0)]


def test_server_vad_ends_a_turn_by_its_own_number():
    talk = Talk(kind="server_vad", silence_duration_ms=500)
    talk.hear(0.9, 960)

    moments = talk.hear(0.1, 960, judged=1.0)

    assert moments == [Paused(960), Stopped(960 + 512, 960)]


@pytest.mark.parametrize(
    ("judged", "silence_ms"), [(1.0, 256), (0.8, 256), (0.5, 928), (None, 928)]
)
def test_semantic_vad_waits_the_shorter_the_surer_the_sentence_is_finished(judged, silence_ms):
    talk = Talk()
    talk.hear(0.9, 960)

    moments = talk.hear(0.1, 1920, judged=judged)

    assert moments[-1] == Stopped(960 + silence_ms, 960)


@pytest.mark.parametrize("eagerness", ["low", "medium", "high", "auto"])
def test_an_unfinished_sentence_is_waited_for_as_the_eagerness_says(eagerness):
    assert patience_ms(0.0, eagerness) == LONGEST_MS[eagerness]


def test_going_on_after_a_pause_takes_the_guess_back():
    talk = Talk()
    talk.hear(0.9, 960)

    paused = talk.hear(0.1, 192, judged=0.3)
    resumed = talk.hear(0.9, 320)
    stopped = talk.hear(0.1, 640, judged=1.0)

    assert paused == [Paused(960)]
    assert resumed == [Resumed()]
    assert [type(one) for one in stopped] == [Paused, Stopped]


def test_a_gap_between_words_is_no_pause():
    talk = Talk()
    talk.hear(0.9, 960)

    assert talk.hear(0.1, PAUSE_MS - FRAME_MS) == []
    assert talk.hear(0.9, 320) == []


def test_speech_that_fades_is_still_speech():
    talk = Talk(threshold=0.5)
    talk.hear(0.9, 960)

    assert talk.hear(0.4, 2000) == []


def test_silence_after_a_reply_times_out_once():
    talk = Talk(kind="server_vad", idle_timeout_ms=5000)
    talk.hear(0.0, 960)
    talk.taker.quiet_from(960)

    assert talk.hear(0.0, 12_000) == [TimedOut(960, 960 + 5024)]


def test_somebody_who_speaks_is_not_timed_out():
    talk = Talk(kind="server_vad", idle_timeout_ms=5000, silence_duration_ms=500)
    talk.taker.quiet_from(0)
    talk.hear(0.9, 960)

    assert TimedOut not in [type(one) for one in talk.hear(0.0, 12_000)]
