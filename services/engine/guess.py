"""The guess, made at a speaker's first short pause, that the turn is over.

What was said is written down, judged and answered while it is not yet sure that nothing follows.
If the speaker goes on, all of it is thrown away; if not, the answer is some hundred milliseconds
ahead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from services.engine.reply import Reply
from services.engine.stages import Pcm, StageError, Stages


class Guess:
    """One pause and what was made of it."""

    def __init__(
        self,
        stages: Stages,
        speech: Pcm,
        language: str | None,
        *,
        begin_reply: Callable[[str], Reply | None],
        on_judged: Callable[[float], None],
    ) -> None:
        """Begin to work.

        Args:
            stages: who transcribes and judges.
            speech: the turn's sound up to the pause.
            language: what is spoken, None if unknown.
            begin_reply: called with the words if there are any; may begin a reply to them.
            on_judged: called with the probability, 0 to 1, that the turn is over.
        """
        self.transcript = asyncio.create_task(
            stages.transcriber.transcribe(speech, language=language), name="transcribe"
        )
        self._reply: Reply | None = None
        self._begin_reply = begin_reply
        self._on_judged = on_judged
        self._words = asyncio.create_task(self._read(), name="words")
        self._tasks = [
            self._words,
            asyncio.create_task(self._answer(), name="guess"),
            asyncio.create_task(self._judge(stages, speech), name="judge"),
        ]

    async def _read(self) -> str:
        # Shielded: the turn may take the transcript over while the guess is cancelled.
        return (await asyncio.shield(self.transcript)).text

    async def _answer(self) -> None:
        with suppress(StageError):  # whoever takes the transcript over reports it
            if words := await self._words:
                self._reply = self._begin_reply(words)

    async def _judge(self, stages: Stages, speech: Pcm) -> None:
        with suppress(StageError):
            finished = await stages.judge.finished(speech, self._words)
            if await self._words:
                self._on_judged(finished)

    def take_reply(self) -> Reply | None:
        """Hand over the reply that was begun; the guess no longer owns it."""
        reply, self._reply = self._reply, None
        return reply

    def drop_reply(self) -> None:
        """Throw away the answer, but not the transcript; may be called twice."""
        for task in self._tasks:
            task.cancel()
        if reply := self.take_reply():
            reply.cancel()

    def discard(self) -> None:
        """Throw all of it away; may be called twice."""
        self.drop_reply()
        self.transcript.cancel()
