"""The ports of the pipeline: what each stage must do, whatever model is behind it.

Backends implement these; the rest of the engine knows nothing else of them. All methods are
called on the event loop and must never block it for more than a few milliseconds: heavy work
runs in threads that release the GIL. Closing an async generator cancels the work behind it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Pcm:
    """Mono speech, ready to be heard or transcribed."""

    samples: NDArray[np.int16]
    """Shape (n,)."""
    rate: int
    """Hertz."""

    @property
    def seconds(self) -> float:
        """Duration."""
        return len(self.samples) / self.rate


@dataclass(frozen=True)
class Transcript:
    """What was said."""

    text: str
    """May be empty: no words were found."""
    seconds: float
    """Length of the sound that was transcribed."""


@dataclass(frozen=True)
class ToolCall:
    """The model wants a function to be called."""

    call_id: str
    name: str
    arguments: str
    """A JSON object as text, complete."""


@dataclass(frozen=True)
class Message:
    """One entry of the context that a thinker reads."""

    role: Literal["system", "user", "assistant", "tool"]
    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    """Only with role "assistant"."""
    tool_call_id: str | None = None
    """Only with role "tool": the call that this is the output of."""


@dataclass(frozen=True)
class Prompt:
    """All that a thinker needs for one reply."""

    messages: tuple[Message, ...]
    tools: tuple[dict[str, object], ...] = ()
    """Functions as in the Realtime API: flat {type, name, description, parameters}."""
    tool_choice: str | dict[str, object] = "auto"
    max_tokens: int | None = None
    """None: the backend's own limit."""


@dataclass(frozen=True)
class TextDelta:
    """More words of a reply."""

    text: str


@dataclass(frozen=True)
class Finish:
    """The last thing a thinker yields."""

    reason: Literal["stop", "length", "tool_calls"]
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0


Thought = TextDelta | ToolCall | Finish


class StageError(Exception):
    """A stage failed; the message says in one sentence what happened and what to do."""

    def __init__(self, stage: str, message: str) -> None:
        """Name the stage: transcriber, judge, thinker, voice or models."""
        super().__init__(message)
        self.stage = stage


class VoiceActivity(Protocol):
    """Tells speech from other sound. One per call, since it remembers what it heard."""

    def probability(self, frame: NDArray[np.int16]) -> float:
        """Probability of speech, 0 to 1, in the next 512 samples at 16 kHz (32 ms)."""
        ...


class Transcriber(Protocol):
    """Sound to text."""

    async def transcribe(
        self, speech: Pcm, *, draft: bool = False, language: str | None = None
    ) -> Transcript:
        """Write down one utterance of 16 kHz sound.

        Args:
            speech: at most 30 seconds are read at a time; longer sound is cut at pauses.
            draft: prefer speed to accuracy (live words).
            language: ISO-639-1, None to leave it to the model.

        Raises:
            StageError: the model failed.
        """
        ...


class TurnJudge(Protocol):
    """Judges whether somebody who paused has finished the turn."""

    async def finished(self, speech: Pcm, words: Awaitable[str]) -> float:
        """Probability, 0 to 1, that the turn is over after this 16 kHz sound and these words.

        The words are still being written down: what can be told from the sound is told meanwhile.

        Raises:
            StageError: the model failed.
        """
        ...


class Thinker(Protocol):
    """The language model."""

    def think(self, prompt: Prompt) -> AsyncGenerator[Thought]:
        """Write the next reply, word by word; the last item is a Finish.

        Raises:
            StageError: the model failed or could not be reached.
        """
        ...

    async def warm(self, prompt: Prompt) -> None:
        """Read a prompt ahead, so that a reply to it and what follows begins sooner.

        A backend for which this costs money or gains nothing does nothing. Never raises.
        """
        ...


class Voice(Protocol):
    """Text to sound."""

    voices: tuple[str, ...]
    """Names that `speak` accepts, the default first."""

    def speak(
        self, text: str, *, voice: str | None = None, speed: float = 1.0
    ) -> AsyncGenerator[Pcm]:
        """Say a clause or a few sentences; yields sound as it is made, 24 kHz.

        Leading silence is trimmed to 20 ms. An unknown voice name falls back to the default.

        Raises:
            StageError: the model failed.
        """
        ...


async def _nothing() -> None:
    """Close nothing."""


@dataclass(frozen=True)
class Stages:
    """One implementation of each port, shared by all calls."""

    voice_activity: Callable[[], VoiceActivity]
    """Makes one for a call."""
    transcriber: Transcriber
    judge: TurnJudge
    thinker: Thinker
    voice: Voice
    models: dict[str, str] = field(default_factory=dict)
    """Stage name to the name of the model behind it, for people to read."""
    close: Callable[[], Awaitable[None]] = _nothing
    """Ends threads and connections."""
