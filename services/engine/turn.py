"""One spoken turn of the user, from its first word until it is known what was said."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from services.engine.guess import Guess
from services.engine.listener import Listener
from services.engine.reply import Manner, Reply
from services.engine.stages import Prompt, StageError, Stages, Transcript

LIVE_WORDS_SECONDS = 0.6
"""Between two readings of what has been said so far; each costs some 50 ms of a core."""


@dataclass(frozen=True)
class TurnHopes:
    """What a turn's owner wants to be told while the turn goes on."""

    begin_reply: Callable[[str], Reply | None]
    """Called with the words at a pause; may begin a reply on the guess that this was all."""
    live_words: Callable[[str], Awaitable[None]]
    """Called with the words so far while somebody speaks."""


class Turn:
    """A turn under way, or just ended."""

    def __init__(
        self,
        stages: Stages,
        listener: Listener,
        begin_ms: int,
        language: str | None,
        hopes: TurnHopes,
    ) -> None:
        """Begin at a time of the audio's clock."""
        self.stopped = False
        self.is_written = False
        """Its words are asked for, so sound that is committed later is another turn."""
        self.word_end = 0.0
        """When the last word ended, by the loop's clock."""
        self.times: dict[str, float] = {}
        """When the stages were done, by the loop's clock."""
        self._stages = stages
        self._listener = listener
        self._begin_ms = begin_ms
        self._end_ms: int | None = None
        self._language = language
        self._hopes = hopes
        self._guess: Guess | None = None
        self._live = asyncio.create_task(self._read_along(), name="live-words")

    def pause(self, spoken_until_ms: int) -> None:
        """A short silence: guess that the turn is over."""
        self._note_word_end(spoken_until_ms)
        self.times.clear()
        self._guess = Guess(
            self._stages,
            self._listener.said_since(self._begin_ms),
            self._language,
            begin_reply=self._hopes.begin_reply,
            on_judged=self._judged,
        )
        self._guess.transcript.add_done_callback(lambda _: self._mark("transcribed"))

    def resume(self) -> None:
        """The guess was wrong."""
        if self._guess:
            self._guess.discard()
            self._guess = None

    def stop(self, end_ms: int, spoken_until_ms: int) -> None:
        """The turn is over."""
        self._live.cancel()
        self._note_word_end(spoken_until_ms)
        self._mark("turn_end")
        self._end_ms = end_ms
        self.stopped = True

    def write_down(self) -> Awaitable[Transcript]:
        """Find out what was said.

        Raises:
            StageError: the transcriber failed.
        """
        self.is_written = True
        return self._words()

    async def _words(self) -> Transcript:
        if self._guess:
            return await asyncio.shield(self._guess.transcript)
        speech = self._listener.said_since(self._begin_ms, self._end_ms)
        return await self._stages.transcriber.transcribe(speech, language=self._language)

    def take_reply(self, prompt: Prompt, manner: Manner) -> Reply | None:
        """Hand over the reply that was begun, if it answers exactly this prompt."""
        reply = self._guess.take_reply() if self._guess else None
        if reply and (reply.prompt != prompt or reply.manner != manner):
            reply.cancel()
            return None
        return reply

    def discard(self) -> None:
        """Throw away what nobody has taken over; may be called twice."""
        self._live.cancel()
        if self._guess and self.stopped:
            self._guess.drop_reply()  # its transcript may still be awaited
        elif self._guess:
            self._guess.discard()

    def _judged(self, finished: float) -> None:
        self._mark("judged")
        if self._listener.taker:
            self._listener.taker.judged(finished)

    async def _read_along(self) -> None:
        while True:
            await asyncio.sleep(LIVE_WORDS_SECONDS)
            if self._guess:  # its transcript is better and already on the way
                continue
            speech = self._listener.said_since(self._begin_ms)
            try:
                transcript = await self._stages.transcriber.transcribe(
                    speech, draft=True, language=self._language
                )
            except StageError:
                return  # told when the turn as a whole cannot be transcribed either
            if transcript.text:
                await self._hopes.live_words(transcript.text)

    def _note_word_end(self, spoken_until_ms: int) -> None:
        silent_seconds = (self._listener.now_ms - spoken_until_ms) / 1000
        self.word_end = asyncio.get_running_loop().time() - silent_seconds

    def _mark(self, name: str) -> None:
        self.times[name] = asyncio.get_running_loop().time()
