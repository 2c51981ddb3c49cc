"""Carries out one response: waits for the words it answers, has a reply made, and gives it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from services.engine.media.line import Output
from services.engine.protocol import response_output, responses
from services.engine.protocol.items import Clause
from services.engine.protocol.response import Response
from services.engine.protocol.session import Session
from services.engine.reply import Manner, Reply
from services.engine.stages import Finish, Pcm, StageError, Stages, TextDelta, ToolCall
from services.engine.turn import Turn

AHEAD_SECONDS = 8.0
"""Sound that is made before it is heard: enough for a slow machine to be even, little enough that
an interruption wastes little."""


class Answer:
    """One response on its way."""

    def __init__(
        self,
        session: Session,
        response: Response,
        stages: Stages,
        output: Output,
        tell: Callable[..., None],
        turn: Turn | None,
    ) -> None:
        """Prepare.

        Args:
            session: where the response belongs.
            response: what is to be made.
            stages: who makes it.
            output: where its sound goes.
            tell: `Call.tell`.
            turn: the spoken turn before it, which may have begun a reply already.
        """
        self._session = session
        self._response = response
        self._stages = stages
        self._output = output
        self._tell = tell
        self._turn = turn if response.answers else None
        self._begin = asyncio.get_running_loop().time()

    async def give(self, turns_unknown: Iterable[asyncio.Task[None]]) -> None:
        """Give the answer as soon as these turns are written down; cancel to stop."""
        if waiting := list(turns_unknown):
            await asyncio.wait(waiting)
        if not responses.is_answerable(self._session, self._response):
            self._tell(responses.finish, self._response, Finish("stop"))
            return
        reply = self._reply()
        try:
            async for event in reply:
                await self._pass_on(event, reply)
        except StageError as error:
            self._tell(responses.fail, self._response, f"{error.stage}_failed", str(error))
        finally:
            self._output.finish(self._response.id)
            reply.cancel()

    def mark(self, name: str, time: float | None = None) -> None:
        """Note when a stage was done, for the response's `stages_ms`."""
        begin = self._turn.word_end if self._turn else self._begin
        moment = asyncio.get_running_loop().time() if time is None else time
        self._response.stages_ms.setdefault(name, round((moment - begin) * 1000))

    def _reply(self) -> Reply:
        config = self._response.config
        prompt = responses.prompt_for(self._session, self._response)
        manner = Manner(config.wants_audio, config.voice, config.speed)
        begun = self._turn.take_reply(prompt, manner) if self._turn else None
        return begun or Reply(self._stages, prompt, manner)

    async def _pass_on(self, event: Any, reply: Reply) -> None:
        match event:
            case TextDelta(text):
                self._tell(response_output.words, self._response, text)
            case Pcm():
                await self._output.room(AHEAD_SECONDS)
                self._output.play(self._response.id, event)
                self._tell(response_output.sound, self._response, event)
            case Clause():
                self._tell(response_output.spoken, self._response, event)
            case ToolCall():
                self._tell(response_output.tool_call, self._response, event)
            case Finish():
                for times in (self._turn.times if self._turn else {}, reply.times):
                    for name, time in times.items():
                        self.mark(name, time)
                self._output.finish(self._response.id)
                self._tell(responses.finish, self._response, event)
