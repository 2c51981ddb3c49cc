"""Says a long text in parts: services take some thousand characters at a time.

What can be said of a text may be longer than the text: a table's headings are said with every row.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace

from services.errors import ProviderRejected
from services.speech.base import Speech, Utterance
from services.upstream.waiting import Listener

PART_LIMIT = 4096
"""Characters that every service takes at once.
Source: https://platform.openai.com/docs/api-reference/audio/createSpeech (`input`)"""
_PLACES = (re.compile(r"\n+"), re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])"), re.compile(r"\s+"))
"""Where a text may be parted, best first."""


def parted(text: str, limit: int = PART_LIMIT) -> Iterator[str]:
    """Cut a text into pieces of at most so many characters, at a line, a sentence or a word."""
    while len(text) > limit:
        end = limit
        for place in _PLACES:
            ends = [found.end() for found in place.finditer(text, 0, limit)]
            if ends and ends[-1] > limit // 2:
                end = ends[-1]
                break
        yield text[:end].rstrip()
        text = text[end:]
    if text.strip():
        yield text


class PartedSpeech:
    """A voice that is never given more than it takes."""

    def __init__(self, speech: Speech) -> None:
        """Give the parts to this voice, one after the other."""
        self.name = speech.name
        self.speeds = speech.speeds
        self._speech = speech

    def check(self) -> None:
        """See whether the voice can speak now."""
        self._speech.check()

    def voices(self) -> Mapping[str, str]:
        """List the voices."""
        return self._speech.voices()

    def close(self) -> None:
        """Close the voice."""
        self._speech.close()

    @contextmanager
    def speak(
        self, utterance: Utterance, listener: Listener | None = None
    ) -> Iterator[Iterator[bytes]]:
        """Say it; the parts of PCM make one sound, those of files would not."""
        if len(utterance.text) > PART_LIMIT and utterance.audio_format != "pcm":
            raise ProviderRejected(
                f"Spoken out this is longer than {PART_LIMIT} characters; "
                "ask for PCM, or for one part of the text at a time."
            )
        with closing(self._pieces(utterance, listener)) as pieces:
            yield pieces

    def _pieces(
        self, utterance: Utterance, listener: Listener | None
    ) -> Generator[bytes, None, None]:
        for text in parted(utterance.text):
            with self._speech.speak(replace(utterance, text=text), listener) as pieces:
                yield from pieces
