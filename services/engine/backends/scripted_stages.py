"""The stages of a script: they wait, speak and fail as planned."""

from __future__ import annotations

import asyncio
import json
import re
import zlib
from collections import deque
from collections.abc import AsyncGenerator

import numpy as np
from numpy.typing import NDArray

from services.engine.backends.script import Rule, Utterance, VoiceScript
from services.engine.stages import (
    Finish,
    Pcm,
    Prompt,
    StageError,
    TextDelta,
    Thought,
    ToolCall,
    Transcript,
)

VOICE_RATE_HZ = 24_000
_DRAFT_WORDS_PER_SECOND = 3
_REMEMBERED = 16
"""Utterances in flight: several for each of a few calls."""


class LoudnessActivity:
    """Takes all loud sound for speech."""

    def __init__(self, threshold: int) -> None:
        """Set the loudness (RMS of int16) from which it is speech."""
        self._threshold = threshold

    def probability(self, frame: NDArray[np.int16]) -> float:
        """1 if the frame is loud, else 0."""
        loudness = float(np.sqrt(np.mean(frame.astype(np.float64) ** 2)))
        return 1.0 if loudness >= self._threshold else 0.0


class ScriptedTranscriber:
    """Hears the next utterance of the script.

    The engine transcribes an utterance again when the speaker goes on after a short pause; sound
    that continues what was heard before is therefore the same utterance.
    """

    def __init__(self, utterances: tuple[Utterance, ...]) -> None:
        """Begin with the first utterance."""
        self._utterances = utterances
        self._next = 0
        self._heard: deque[tuple[NDArray[np.int16], Utterance]] = deque(maxlen=_REMEMBERED)

    async def transcribe(
        self, speech: Pcm, *, draft: bool = False, language: str | None = None
    ) -> Transcript:
        """Give the script's text; of a draft, as many words as could have been said so far.

        Raises:
            StageError: the script wants it so.
        """
        utterance = self._find(speech.samples, keep=not draft)
        text = utterance.text
        if draft:
            count = int(speech.seconds * _DRAFT_WORDS_PER_SECOND)
            return Transcript(" ".join(text.split()[:count]), speech.seconds)
        await asyncio.sleep(utterance.delay_ms / 1000)
        if utterance.fail is not None:
            raise StageError("transcriber", utterance.fail)
        return Transcript(text, speech.seconds)

    def _find(self, samples: NDArray[np.int16], *, keep: bool) -> Utterance:
        found = next(
            (known for sound, known in self._heard if _continues(samples, sound)),
            self._utterances[min(self._next, len(self._utterances) - 1)],
        )
        if keep:
            if not any(_continues(samples, sound) for sound, _ in self._heard):
                self._next += 1
            self._heard.appendleft((samples, found))
        return found


def _continues(longer: NDArray[np.int16], shorter: NDArray[np.int16]) -> bool:
    return len(longer) > len(shorter) and np.array_equal(longer[: len(shorter)], shorter)


class ScriptedThinker:
    """Answers by the first rule that matches."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        """Take the rules in their order."""
        self._rules = rules

    async def think(self, prompt: Prompt) -> AsyncGenerator[Thought, None]:
        """Write the reply of the rule, word by word.

        Raises:
            StageError: the script wants it so.
        """
        asked = (one.text for one in reversed(prompt.messages) if one.role in ("user", "tool"))
        last = next(asked, "")
        rule = self._rule(last)
        context = "\n".join(f"{message.role}: {message.text}" for message in prompt.messages)
        # replace(), not format(): what was said may hold braces.
        reply = rule.reply.replace("{last}", last).replace("{context}", context)
        words = re.findall(r"\s*\S+", reply)[: prompt.max_tokens]
        delay_ms = rule.first_delay_ms
        for word in words:
            await asyncio.sleep(delay_ms / 1000)
            delay_ms = rule.word_delay_ms
            yield TextDelta(word)
        if not words:
            await asyncio.sleep(delay_ms / 1000)
        if rule.stall:
            await asyncio.Event().wait()
        if rule.fail is not None:
            raise StageError("thinker", rule.fail)
        if rule.tool_call is not None:
            arguments = json.dumps(rule.tool_call.get("arguments", {}))
            yield ToolCall(f"call_{len(prompt.messages)}", rule.tool_call["name"], arguments)
        yield Finish(
            "tool_calls" if rule.tool_call else "length" if rule.finish == "length" else "stop",
            input_tokens=len(context.split()),
            output_tokens=len(words),
        )

    async def warm(self, prompt: Prompt) -> None:
        """Do nothing."""

    def _rule(self, last: str) -> Rule:
        for rule in self._rules:
            if re.search(rule.match, last, re.IGNORECASE):
                return rule
        return Rule()


class ScriptedVoice:
    """Speaks in tones, one a word."""

    def __init__(self, script: VoiceScript) -> None:
        """Speak by this script."""
        self._script = script
        self.voices = tuple(script.voices)

    async def speak(
        self, text: str, *, voice: str | None = None, speed: float = 1.0
    ) -> AsyncGenerator[Pcm, None]:
        """Give a tone for each word, 24 kHz.

        Raises:
            StageError: the script wants it so.
        """
        script = self._script
        await asyncio.sleep(script.delay_ms / 1000)
        fails = script.fail is not None and re.search(script.fail_match, text)
        for number, word in enumerate(text.split()):
            if fails and number == script.fail_after_words:
                break
            await asyncio.sleep(script.word_delay_ms / 1000)
            yield Pcm(tone(word, script.ms_per_word / speed), VOICE_RATE_HZ)
        if fails:
            raise StageError("voice", str(script.fail))


def tone(word: str, duration_ms: float) -> NDArray[np.int16]:
    """Give the sound of a word: a pitch of its own, 200 to 800 Hz, with soft ends.

    Returns:
        int16, shape (n,), 24 kHz.
    """
    count = int(VOICE_RATE_HZ * duration_ms / 1000)
    hertz = 200 + zlib.crc32(word.encode()) % 601
    wave = np.sin(2 * np.pi * hertz * np.arange(count) / VOICE_RATE_HZ)
    edge = np.clip(np.minimum(np.arange(count), np.arange(count)[::-1]) / 240, 0, 1)  # 10 ms
    return np.asarray(wave * edge * 8000, dtype=np.int16)
