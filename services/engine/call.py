"""One call: a client's connection, its session, and the stages that hear, think and speak.

The call carries out what the session asks for and tells it what was heard, said and played.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.engine.answer import Answer
from services.engine.errors import ProtocolError
from services.engine.listener import Listener
from services.engine.media.appended import AppendedSound
from services.engine.media.line import Line
from services.engine.protocol import input_audio, output_audio, responses
from services.engine.protocol.commands import (
    AppendInput,
    ClearInput,
    Command,
    Reconfigure,
    Send,
    SilencePlayback,
    StartReply,
    StopReply,
    Transcribe,
)
from services.engine.protocol.config import SessionConfig
from services.engine.protocol.ids import new_id
from services.engine.protocol.response import Response
from services.engine.protocol.session import Session
from services.engine.reply import Manner, Reply
from services.engine.stages import StageError, Stages, Transcript
from services.engine.turn import Turn, TurnHopes
from services.engine.turn_taking import Moment, Paused, Resumed, Started, Stopped, TimedOut

log = logging.getLogger(__name__)

SESSION_SECONDS = 60 * 60
"""The longest a session lives, as at OpenAI, so that clients meet the same end everywhere."""


class Call:
    """One live session; end it with `close`."""

    def __init__(
        self,
        stages: Stages,
        config: SessionConfig,
        line: Line,
        on_gone: Callable[[Call, str], None],
    ) -> None:
        """Prepare a call.

        Args:
            stages: who hears, thinks and speaks; shared with other calls.
            config: the session's.
            line: what carries the call.
            on_gone: called once when the call is over by itself, with the reason.
        """
        self.id = new_id("rtc")
        self.stages = stages
        self.session = Session(config, carries_audio_events=line.carries_audio_events)
        self._on_gone = on_gone
        self.listener = Listener(stages.voice_activity(), config.turn_detection, self._on_moment)
        self._line = line
        self._appended = AppendedSound()
        self._turn: Turn | None = None
        self._transcribing: dict[str, asyncio.Task[None]] = {}
        # Turns whose words are not known yet, by item id.
        self._answers: dict[str, tuple[Answer, asyncio.Task[None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._expiry: asyncio.TimerHandle | None = None
        line.attach(self)

    async def close(self) -> None:
        """End everything that belongs to the call; may be called twice."""
        if self._expiry:
            self._expiry.cancel()
        if self._turn:
            self._turn.discard()
        await self._line.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def tell(self, what: Callable[..., None], *args: Any) -> None:
        """Tell the session something, and do what it then asks for."""
        self.session.playing = self._line.output.playing
        self.session.buffered_ms = self.listener.buffered_ms
        what(self.session, *args)
        for output in self.session.take():
            if isinstance(output, Send):
                self._line.send(output.event)
            else:
                self._do(output)

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Run something beside the call; it ends with the call at the latest."""
        task = asyncio.create_task(self._guarded(work), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        """A defect in one task is logged and told; the call goes on."""
        try:
            await work
        except Exception:
            log.exception("call %s: a task failed", self.id)
            error = ProtocolError("The engine failed inside; try again.", code="server_error")
            self.tell(Session.fail, error)

    def opened(self) -> None:
        """Begin the session: events can be sent."""
        loop = asyncio.get_running_loop()
        self._expiry = loop.call_later(SESSION_SECONDS, self._expire)
        self.tell(Session.open)
        self._spawn(self._warm(), "warm")

    def receive(self, message: str | bytes) -> None:
        """Handle an event of the client."""
        self.tell(Session.receive, message)

    def hear(self, samples: NDArray[np.int16]) -> None:
        """Listen to sound, shape (n,), 16 kHz."""
        self.listener.hear(samples)

    async def hear_appended(self) -> None:
        """Listen to what has come in events; other calls go on meanwhile."""
        for samples in self._appended.take():
            self.hear(samples)
            await asyncio.sleep(0)

    def gone(self, reason: str) -> None:
        """The client is gone."""
        self._on_gone(self, reason)

    async def _warm(self) -> None:
        """Let the thinker read the instructions before the first turn needs them."""
        instructions = responses.prompt_so_far(self.session)
        if instructions.messages:
            await self.stages.thinker.warm(instructions)

    def _expire(self) -> None:
        minutes = SESSION_SECONDS // 60
        error = ProtocolError(
            f"Your session hit the maximum duration of {minutes} minutes.", code="session_expired"
        )
        self.tell(Session.fail, error)
        self._on_gone(self, "the session expired")

    def _do(self, command: Command) -> None:
        match command:
            case StartReply(response):
                self._start_answer(response)
            case StopReply(response_id):
                self._answers[response_id][1].cancel()
            case SilencePlayback():
                self._line.output.silence()
            case Transcribe(item_id):
                self._transcribe(item_id)
            case AppendInput(audio):
                self._appended.add(audio)
            case ClearInput():
                self.listener.clear()
                self._drop_turn()
            case Reconfigure():
                if self.listener.configure(self.session.config.turn_detection):
                    self._drop_turn()

    def _start_answer(self, response: Response) -> None:
        output = self._line.output
        answer = Answer(self.session, response, self.stages, output, self.tell, self._turn)
        task = self._spawn(answer.give(self._transcribing.values()), "answer")
        self._answers[response.id] = answer, task
        task.add_done_callback(lambda _: self._answers.pop(response.id, None))

    def _begin_reply(self, words: str) -> Reply | None:
        """Answer words that may be a whole turn, if their end would be answered by itself."""
        if not self._answers_by_itself:
            return None
        config = self.session.config
        prompt = responses.prompt_if_said(self.session, words)
        return Reply(self.stages, prompt, Manner(config.wants_audio, config.voice, config.speed))

    def _new_turn(self, begin_ms: int) -> Turn:
        hopes = TurnHopes(self._begin_reply, self._read_ahead)
        language = self.session.config.language
        return Turn(self.stages, self.listener, begin_ms, language, hopes)

    async def _read_ahead(self, words: str) -> None:
        """Show words of a turn that goes on, and let the thinker read them already."""
        self.tell(input_audio.live_words, words)
        if self._answers_by_itself:
            await self.stages.thinker.warm(responses.prompt_if_said(self.session, words))

    @property
    def _answers_by_itself(self) -> bool:
        detection = self.session.config.turn_detection
        return detection is not None and detection.create_response

    def _on_moment(self, moment: Moment) -> None:
        match moment:
            case Started(at_ms):
                self._drop_turn()
                self._turn = self._new_turn(at_ms)
                self.tell(input_audio.speech_started, at_ms)
            case Paused(at_ms) if self._turn:
                self._turn.pause(at_ms)
            case Resumed() if self._turn:
                self._turn.resume()
            case Stopped(at_ms, spoken_until_ms) if self._turn:
                self._turn.stop(at_ms, spoken_until_ms)
                self.tell(input_audio.speech_stopped, at_ms)
            case TimedOut(since_ms, at_ms):
                self._drop_turn()
                self.tell(input_audio.idle_timeout, since_ms, at_ms)

    def _transcribe(self, item_id: str) -> None:
        if self._turn and self._turn.stopped and not self._turn.is_written:
            words = self._turn.write_down()
        else:  # the client has committed what is in the buffer
            self._drop_turn()
            language = self.session.config.language
            words = self.stages.transcriber.transcribe(self.listener.take(), language=language)
        task = self._spawn(self._write_down(item_id, words), "transcribe")
        self._transcribing[item_id] = task
        task.add_done_callback(lambda _: self._transcribing.pop(item_id, None))

    async def _write_down(self, item_id: str, words: Awaitable[Transcript]) -> None:
        try:
            transcript = await words
        except StageError as error:
            self.tell(input_audio.transcription_failed, item_id, str(error))
        else:
            self.tell(input_audio.transcribed, item_id, transcript.text, transcript.seconds)

    def _drop_turn(self) -> None:
        if self._turn:
            self._turn.discard()
            self._turn = None

    def playback_started(self, response_id: str) -> None:
        """The first sound of a response goes out."""
        if found := self._answers.get(response_id):
            found[0].mark("playing")
        self.tell(output_audio.playback_started, response_id)

    def playback_stopped(self, response_id: str) -> None:
        """The last sound of a response has been heard."""
        self.tell(output_audio.playback_stopped, response_id)
        if self.listener.taker and not self._line.output.playing and not self.session.active:
            self.listener.taker.quiet_from(self.listener.now_ms)
