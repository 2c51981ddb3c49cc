"""Turns found in sound, and the sound that is kept of them."""

import numpy as np

from services.engine.listener import KEPT_SECONDS, LEAD_SECONDS, RATE, Listener
from services.engine.protocol.turn_detection import TurnDetection
from services.engine.turn_taking import Moment, Paused, Started, Stopped


class Loudness:
    """Takes loud sound for speech."""

    def probability(self, frame):
        return 1.0 if np.abs(frame).max() > 1000 else 0.0


def loud(seconds):
    return np.full(int(seconds * RATE), 9000, np.int16)


def quiet(seconds):
    return np.zeros(int(seconds * RATE), np.int16)


QUICK = TurnDetection("server_vad", silence_duration_ms=320)


def listening(detection=QUICK):
    moments: list[Moment] = []
    return Listener(Loudness(), detection, moments.append), moments


def test_a_turn_is_found_whatever_the_size_of_the_pieces():
    listener, moments = listening()

    for piece in np.array_split(np.concatenate([quiet(1), loud(1), quiet(1)]), 137):
        listener.hear(piece)

    assert [type(one) for one in moments] == [Started, Paused, Stopped]
    assert moments[0].at_ms in range(640, 720)
    assert moments[1].at_ms in range(1984, 2049)


def test_the_sound_of_a_turn_has_the_moment_before_it():
    listener, moments = listening()
    listener.hear(np.concatenate([quiet(3), loud(1), quiet(0.5)]))

    speech = listener.said_since(moments[0].at_ms, moments[-1].at_ms)

    assert speech.rate == RATE
    assert 0.25 < np.argmax(speech.samples > 0) / RATE < 0.35
    assert np.count_nonzero(speech.samples) == RATE


def test_silence_is_not_kept_for_ever():
    listener, _ = listening()

    listener.hear(quiet(60))

    assert listener.buffered_ms <= (LEAD_SECONDS + 1) * 1000
    assert 59_900 < listener.now_ms <= 60_000


def test_in_manual_turns_all_is_kept_until_it_is_taken():
    listener, moments = listening(None)
    listener.hear(np.concatenate([loud(1), quiet(2), loud(1)]))

    assert 3.9 < listener.take().seconds <= 4.0
    assert listener.buffered_ms == 0
    assert moments == []

    listener.hear(quiet(KEPT_SECONDS + 60))
    assert listener.buffered_ms <= (KEPT_SECONDS + 1) * 1000


def test_other_numbers_hold_from_the_next_sound_on():
    listener, moments = listening(None)
    listener.configure(TurnDetection("server_vad", silence_duration_ms=320))

    listener.hear(np.concatenate([loud(1), quiet(1)]))

    assert isinstance(moments[-1], Stopped)
