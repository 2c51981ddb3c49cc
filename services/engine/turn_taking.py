"""When somebody begins, pauses and ends a turn: pure, with the audio's own clock as time.

Frames of 32 ms come in with their probability of speech; moments come out. A turn ends by silence:
as long as `server_vad` says, or with `semantic_vad` the shorter the surer the judge is that the
sentence is finished. The first short pause is told apart (`Paused`) so that transcription and
thinking can begin on the guess that the turn is over.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.engine.protocol.turn_detection import TurnDetection

FRAME_MS = 32
"""512 samples at 16 kHz, what Silero VAD was trained on."""
START_MS = 96
"""Speech for this long begins a turn: three frames, so that a click does not."""
HYSTERESIS = 0.15
"""Speech ends this far below the threshold it began at; Silero's own recommendation."""
PAUSE_MS = 64
"""Silence after which the turn may be over. Most gaps between words are shorter; a wrong guess
costs some 0.1 s of a core."""
FINISHED_MS = 256
"""Silence that ends a turn whose sentence is surely finished."""
UNSURE_MS = 900
"""Silence that ends a turn while the judge has not answered, or does not know."""
LONGEST_MS = {"low": 8000, "medium": 4000, "high": 2000, "auto": 4000}
"""Silence that ends a turn in the middle of a sentence, by eagerness. Source:
https://platform.openai.com/docs/guides/realtime-vad"""


@dataclass(frozen=True)
class Started:
    """Somebody began to speak."""

    at_ms: int
    """Begin of the turn's sound, padding included."""


@dataclass(frozen=True)
class Paused:
    """The turn may be over."""

    at_ms: int
    """End of the last word."""


@dataclass(frozen=True)
class Resumed:
    """The turn was not over."""


@dataclass(frozen=True)
class Stopped:
    """The turn is over."""

    at_ms: int
    """End of the turn's sound, the silence that ended it included."""
    spoken_until_ms: int
    """End of the last word."""


@dataclass(frozen=True)
class TimedOut:
    """Nobody spoke for as long as the session allows after a reply."""

    since_ms: int
    at_ms: int


Moment = Started | Paused | Resumed | Stopped | TimedOut


class TurnTaker:
    """Follows one microphone."""

    def __init__(self, detection: TurnDetection) -> None:
        """Listen by these numbers."""
        self.detection = detection
        self._speaking = False
        self._paused = False
        self._voiced_ms = 0
        self._last_voice_ms = 0
        self._quiet_since_ms: int | None = None
        self._enough_ms = 0

    @property
    def speaking(self) -> bool:
        """Whether a turn is under way."""
        return self._speaking

    def judged(self, finished: float) -> None:
        """Take the judge's word on the present pause: probability, 0 to 1, that it is the end."""
        if self._paused and self.detection.kind == "semantic_vad":
            self._enough_ms = patience_ms(finished, self.detection.eagerness)

    def hear(self, probability: float, at_ms: int) -> list[Moment]:
        """Take one frame that ends at `at_ms`; returns what has become clear by it."""
        threshold = self.detection.threshold
        voiced = probability >= (threshold - HYSTERESIS if self._speaking else threshold)
        if not self._speaking:
            return self._wait_for_speech(voiced, at_ms)
        if voiced:
            return self._go_on(at_ms)
        return self._wait_for_end(at_ms)

    def quiet_from(self, at_ms: int) -> None:
        """Begin to count silence for the idle time-out; there is none while somebody speaks."""
        self._quiet_since_ms = None if self._speaking else at_ms

    def _wait_for_speech(self, voiced: bool, at_ms: int) -> list[Moment]:
        self._voiced_ms = self._voiced_ms + FRAME_MS if voiced else 0
        if self._voiced_ms >= START_MS:
            self._speaking = True
            self._last_voice_ms = at_ms
            self._quiet_since_ms = None
            begin = at_ms - self._voiced_ms - self.detection.prefix_padding_ms
            return [Started(max(0, begin))]
        idle_ms, since = self.detection.idle_timeout_ms, self._quiet_since_ms
        if idle_ms and since is not None and at_ms - since >= idle_ms:
            self._quiet_since_ms = None
            return [TimedOut(since, at_ms)]
        return []

    def _go_on(self, at_ms: int) -> list[Moment]:
        self._last_voice_ms = at_ms
        if not self._paused:
            return []
        self._paused = False
        return [Resumed()]

    def _wait_for_end(self, at_ms: int) -> list[Moment]:
        silent_ms = at_ms - self._last_voice_ms
        moments: list[Moment] = []
        if not self._paused and silent_ms >= PAUSE_MS:
            self._paused = True
            by_silence = self.detection.kind == "server_vad"
            self._enough_ms = self.detection.silence_duration_ms if by_silence else UNSURE_MS
            moments.append(Paused(self._last_voice_ms))
        if self._paused and silent_ms >= self._enough_ms:
            self._speaking = self._paused = False
            self._voiced_ms = 0
            moments.append(Stopped(at_ms, self._last_voice_ms))
        return moments


def patience_ms(finished: float, eagerness: str) -> int:
    """Silence to wait for after words that are finished with this probability, 0 to 1.

    Straight lines: surely finished 256 ms, a coin's toss 900 ms, surely unfinished the
    longest time of the eagerness.
    """
    if finished >= 0.5:
        share = min(1.0, (finished - 0.5) / 0.3)
        return round(UNSURE_MS - share * (UNSURE_MS - FINISHED_MS))
    share = (0.5 - finished) / 0.5
    return round(UNSURE_MS + share * (LONGEST_MS[eagerness] - UNSURE_MS))
