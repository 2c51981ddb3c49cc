"""Texts that are too long for one request."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from services.errors import ProviderRejected
from services.speech.base import Utterance
from services.speech.parts import PART_LIMIT, PartedSpeech, parted
from services.speech.text import speakable

SENTENCE = "The sea was calm that day, and nobody spoke. "


class Notebook:
    """A voice that writes down what it is given."""

    name = "notebook"
    speeds = (1.0, 1.0)

    def __init__(self):
        self.texts = []

    def check(self):
        pass

    def voices(self):
        return {"plain": "Plain"}

    def close(self):
        pass

    @contextmanager
    def speak(self, utterance, listener=None):
        self.texts.append(utterance.text)
        yield iter([b"\0\1"])


def test_a_short_text_stays_whole():
    assert list(parted("Hello there.")) == ["Hello there."]


@pytest.mark.parametrize(
    ("text", "last"),
    [(SENTENCE * 300, "."), (("word " * 9 + "\n") * 300, "d"), ("字句。" * 3000, "。")],
    ids=["sentences", "lines", "without spaces"],
)
def test_a_long_one_is_cut_where_a_reader_takes_breath(text, last):
    pieces = list(parted(text))

    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert max(map(len, pieces)) <= PART_LIMIT
    assert all(piece.rstrip().endswith(last) for piece in pieces)
    assert len(pieces) <= 2 * len(text) / PART_LIMIT + 1


def test_what_has_no_place_to_cut_is_cut_all_the_same():
    assert [len(piece) for piece in parted("a" * 5000)] == [PART_LIMIT, 5000 - PART_LIMIT]


def test_a_table_longer_than_a_request_is_spoken_whole():
    heads = " | ".join(f"Heading number {count}" for count in range(8))
    rows = "\n".join("| " + " | ".join("1" * 8) + " |" for _ in range(60))
    text = speakable(f"| {heads} |\n|{'---|' * 8}\n{rows}", "en")
    voice = Notebook()

    with PartedSpeech(voice).speak(Utterance(text)) as pieces:
        sound = b"".join(pieces)

    assert len(text) > PART_LIMIT
    assert max(map(len, voice.texts)) <= PART_LIMIT
    assert " ".join(" ".join(voice.texts).split()) == " ".join(text.split())
    assert sound == b"\0\1" * len(voice.texts)


def test_files_are_not_strung_together():
    long = Utterance("word " * 1000, audio_format="wav")

    with pytest.raises(ProviderRejected), PartedSpeech(Notebook()).speak(long):
        pass
