from __future__ import annotations

import numpy as np

from services.engine.backends.transcript import cut_loop, is_hallucination, split_at_pauses

LOUD = np.full(16_000, 3000, np.int16)
QUIET = np.full(16_000, 5, np.int16)


def test_a_loop_is_cut_at_its_second_round():
    assert cut_loop([1, 2, 3, 4, 1, 2, 3, 4, 1]) == [1, 2, 3, 4]


def test_a_speaker_may_repeat_some_words():
    assert cut_loop([1, 2, 3, 4, 1, 2, 3, 5]) == [1, 2, 3, 4, 1, 2, 3, 5]


def test_a_repeated_pair_is_no_loop():
    assert cut_loop([1, 2, 9, 1, 2]) == [1, 2, 9, 1, 2]


def test_short_sound_stays_in_one_part():
    parts = split_at_pauses(LOUD, 16_000, 30.0)

    assert [len(part) for part in parts] == [16_000]


def test_long_sound_is_cut_at_the_pause():
    sound = np.full(40 * 16_000, 3000, np.int16)
    sound[27 * 16_000 : 27 * 16_000 + 4_000] = 0

    parts = split_at_pauses(sound, 16_000, 30.0)

    assert len(parts) == 2
    assert 27 * 16_000 <= len(parts[0]) <= 27 * 16_000 + 4_000
    assert sum(len(part) for part in parts) == len(sound)


def test_words_for_silence_are_made_up():
    assert is_hallucination("Hello there.", QUIET, 0.1, -0.2)


def test_notes_of_sounds_are_not_words():
    assert is_hallucination("[Music]", LOUD, 0.1, -0.2)
    assert is_hallucination("(applause)", LOUD, 0.1, -0.2)


def test_a_loud_thank_you_is_believed():
    assert not is_hallucination("Thank you.", LOUD, 0.1, -0.2)


def test_a_stock_phrase_for_noise_is_not():
    assert is_hallucination("Thank you.", LOUD, 0.9, -0.2)
