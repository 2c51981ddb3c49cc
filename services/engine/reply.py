"""A reply in the making: the thinker's words, cut into clauses, and the voice that speaks them.

A reply works ahead into a queue, whoever reads it: it can be begun on the guess that a turn is
over and thrown away if the speaker goes on, or read out at once when the guess was right.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

from services.engine.clauses import Clauses, speakable
from services.engine.protocol.items import Clause
from services.engine.stages import Finish, Pcm, Prompt, StageError, Stages, TextDelta, ToolCall

CLAUSES_AHEAD = 3
"""Clauses that are written but not yet spoken: enough to keep the voice busy, few enough that an
interruption wastes little."""
SOUNDS_AHEAD = 8


@dataclass(frozen=True)
class Manner:
    """How a reply is given."""

    aloud: bool
    """False: as text."""
    voice: str
    speed: float


ReplyEvent = TextDelta | Pcm | Clause | ToolCall | Finish


class Reply:
    """One reply; iterate over it once.

    Gives TextDelta (as text) or, aloud, Pcm followed by the Clause whose words it was, and
    ToolCall; a Finish is last. Raises StageError if a stage failed.
    """

    def __init__(self, stages: Stages, prompt: Prompt, manner: Manner) -> None:
        """Begin to work.

        Args:
            stages: who thinks and speaks.
            prompt: what is to be answered.
            manner: how.
        """
        self.prompt = prompt
        self.manner = manner
        self.times: dict[str, float] = {}
        """When `first_word`, `first_clause` and `first_sound` came, by the loop's clock."""
        self._stages = stages
        self._clauses: asyncio.Queue[str | None] = asyncio.Queue(CLAUSES_AHEAD)
        self._events: asyncio.Queue[ReplyEvent | StageError] = asyncio.Queue(SOUNDS_AHEAD)
        self._task = asyncio.create_task(self._work(), name="reply")

    async def __aiter__(self) -> AsyncIterator[ReplyEvent]:
        """Read what is ready and wait for more."""
        while True:
            event = await self._events.get()
            if isinstance(event, StageError):
                raise event
            yield event
            if isinstance(event, Finish):
                return

    def cancel(self) -> None:
        """End the work; may be called twice."""
        self._task.cancel()

    async def _work(self) -> None:
        try:
            if self.manner.aloud:
                async with asyncio.TaskGroup() as group:
                    thinking = group.create_task(self._think())
                    group.create_task(self._speak())
                finish = thinking.result()
            else:
                finish = await self._think()
            await self._events.put(finish)
        except* StageError as errors:
            await self._events.put(_first(errors))

    async def _think(self) -> Finish:
        clauses = Clauses()
        finish = Finish("stop")
        async with aclosing(self._stages.thinker.think(self.prompt)) as thoughts:
            async for thought in thoughts:
                match thought:
                    case TextDelta(text):
                        self._mark("first_word")
                        await self._write(clauses, text)
                    case ToolCall():
                        await self._events.put(thought)
                    case Finish():
                        finish = thought
        if self.manner.aloud:
            if rest := clauses.rest():
                await self._put_clause(rest)
            await self._clauses.put(None)
        return finish

    async def _write(self, clauses: Clauses, text: str) -> None:
        if not self.manner.aloud:
            await self._events.put(TextDelta(text))
            return
        for clause in clauses.add(text):
            await self._put_clause(clause)

    async def _put_clause(self, clause: str) -> None:
        self._mark("first_clause")
        await self._clauses.put(clause)

    async def _speak(self) -> None:
        said_ms = 0.0
        while (clause := await self._clauses.get()) is not None:
            begin = said_ms
            if words := speakable(clause):
                async with aclosing(self._sounds(words)) as sounds:
                    async for pcm in sounds:
                        self._mark("first_sound")
                        said_ms += pcm.seconds * 1000
                        await self._events.put(pcm)
            await self._events.put(Clause(clause, round(begin), round(said_ms)))

    def _sounds(self, words: str) -> AsyncGenerator[Pcm]:
        manner = self.manner
        return self._stages.voice.speak(words, voice=manner.voice, speed=manner.speed)

    def _mark(self, name: str) -> None:
        self.times.setdefault(name, asyncio.get_running_loop().time())


def _first(errors: BaseExceptionGroup[StageError]) -> StageError:
    error = errors.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
