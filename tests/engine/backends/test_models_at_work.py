"""The real models: what goes in as speech comes out as words, and back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, asynccontextmanager

import numpy as np
import pytest

from services.engine.backends.llama import LlamaThinker
from services.engine.backends.piper import PiperVoice
from services.engine.backends.silero import load_silero
from services.engine.backends.smart_turn import SmartTurnJudge
from services.engine.backends.sound import resample
from services.engine.backends.whisper import WhisperTranscriber
from services.engine.models import ModelPaths
from services.engine.stages import Finish, Message, Pcm, Prompt, TextDelta

pytestmark = pytest.mark.models

QUESTION = "Where can I buy fresh bread near the station?"
PLACES = tuple(
    enumerate("market river castle school garden museum station forest harbour mountain".split(), 1)
) + tuple(enumerate("bakery theatre library village".split(), 11))


@pytest.fixture
def voice(model_paths: ModelPaths) -> Iterator[PiperVoice]:
    voice = PiperVoice(model_paths.piper)
    yield voice
    voice.close()


@pytest.fixture
def transcriber(model_paths: ModelPaths) -> Iterator[WhisperTranscriber]:
    transcriber = WhisperTranscriber(model_paths.whisper)
    yield transcriber
    transcriber.close()


@asynccontextmanager
async def thinking(paths: ModelPaths) -> AsyncIterator[LlamaThinker]:
    assert paths.llama
    thinker = LlamaThinker(paths.llama)
    try:
        yield thinker
    finally:
        await thinker.close()


def run_with_thinker(paths: ModelPaths, work: Callable[[LlamaThinker], Awaitable[None]]) -> None:
    async def run() -> None:
        async with thinking(paths) as thinker:
            await work(thinker)

    asyncio.run(run())


async def say(voice: PiperVoice, text: str, speed: float = 1.0) -> Pcm:
    sounds = [sound async for sound in voice.speak(text, speed=speed)]
    return Pcm(np.concatenate([sound.samples for sound in sounds]), sounds[0].rate)


def test_what_the_voice_says_is_understood(voice, transcriber):
    async def run() -> str:
        speech = resample(await say(voice, QUESTION), 16_000)
        return (await transcriber.transcribe(speech)).text

    assert asyncio.run(run()) == QUESTION


def test_long_speech_is_understood_to_its_end(voice, transcriber):
    async def run() -> str:
        days = (f"On day {number} I went to the {place} by train." for number, place in PLACES)
        speech = resample(await say(voice, " ".join(days)), 16_000)
        assert speech.seconds > 30
        return (await transcriber.transcribe(speech)).text

    words = asyncio.run(run()).lower()
    # The voice varies from time to time and the model mishears a word here and there.
    found = [number for number, place in PLACES if place in words]
    assert len(found) >= 8
    assert found[0] <= 3
    assert found[-1] >= 12


@pytest.mark.parametrize("loudness", [0, 10, 300, 2000])
def test_noise_has_no_words(transcriber, loudness):
    noise = np.random.default_rng(0).normal(0, loudness, 32_000).astype(np.int16)

    assert asyncio.run(transcriber.transcribe(Pcm(noise, 16_000))).text == ""


def test_sound_of_no_length_has_no_words(transcriber):
    empty = Pcm(np.zeros(0, np.int16), 16_000)

    assert asyncio.run(transcriber.transcribe(empty, draft=True)).text == ""


def test_the_voice_begins_at_once_and_follows_the_speed(voice):
    async def run() -> tuple[Pcm, Pcm]:
        return await say(voice, "The capital is Paris."), await say(
            voice, "The capital is Paris.", 2
        )

    usual, fast = asyncio.run(run())

    loud = np.flatnonzero(np.abs(usual.samples.astype(int)) > 1000)
    assert usual.rate == 24_000
    assert loud[0] < 0.1 * usual.rate
    assert fast.seconds == pytest.approx(usual.seconds / 2, rel=0.25)


def test_nothing_to_say_is_no_sound(voice):
    async def run() -> int:
        return len([sound async for sound in voice.speak(" ... ")])

    assert asyncio.run(run()) == 0


def test_speech_is_told_from_silence(model_paths, voice):
    activity = load_silero(model_paths.silero)()
    speech = resample(asyncio.run(say(voice, QUESTION)), 16_000).samples
    quiet = np.zeros(16_000, np.int16)

    frames = np.concatenate([quiet, speech, quiet])
    heard = [activity.probability(frames[at : at + 512]) for at in range(0, len(frames) - 512, 512)]

    assert max(heard[:25]) < 0.3
    assert max(heard) > 0.9
    assert max(heard[-20:]) < 0.3


def test_a_whole_question_sounds_finished_and_half_of_it_does_not(model_paths, voice):
    judge = SmartTurnJudge(model_paths.smart_turn)
    speech = resample(asyncio.run(say(voice, QUESTION)), 16_000)

    async def words(text: str) -> str:
        return text

    async def run() -> tuple[float, float]:
        half = Pcm(speech.samples[: len(speech.samples) // 2], 16_000)
        return (
            await judge.finished(speech, words(QUESTION)),
            await judge.finished(half, words("Where can I buy fresh")),
        )

    whole, half = asyncio.run(run())
    judge.close()

    assert whole > 0.8
    assert half < whole


def test_the_model_answers_and_remembers_the_prefix(model_paths):
    messages = (
        Message("system", "You are a friendly voice assistant. Answer in one short sentence."),
        Message("user", "What is the capital of France?"),
    )

    async def work(thinker: LlamaThinker) -> None:
        await thinker.warm(Prompt(messages[:1]))
        thoughts = [thought async for thought in thinker.think(Prompt(messages))]
        text = "".join(thought.text for thought in thoughts if isinstance(thought, TextDelta))
        finish = thoughts[-1]
        assert "Paris" in text
        assert isinstance(finish, Finish)
        assert finish.cached_tokens > 10

    run_with_thinker(model_paths, work)


def test_a_reply_that_is_given_up_makes_room_for_the_next(model_paths):
    async def work(thinker: LlamaThinker) -> None:
        long = Prompt((Message("user", "Tell me a very long story about a fox."),))
        for _ in range(6):  # more than there are places for
            async with aclosing(thinker.think(long)) as thoughts:
                assert isinstance(await anext(thoughts), TextDelta)
        short = Prompt((Message("user", "Say yes."),), max_tokens=5)
        async with asyncio.timeout(10):
            assert [thought async for thought in thinker.think(short)]

    run_with_thinker(model_paths, work)


def test_a_conversation_that_is_too_long_and_tools_are_no_trouble(model_paths):
    turn = (Message("user", "word " * 300), Message("assistant", "Yes."))
    clock: dict[str, object] = {"type": "function", "name": "clock", "parameters": {}}
    prompt = Prompt((*turn * 12, Message("user", "Say yes.")), tools=(clock,), max_tokens=5)

    async def work(thinker: LlamaThinker) -> None:
        thoughts = [thought async for thought in thinker.think(prompt)]
        assert isinstance(thoughts[-1], Finish)
        assert 0 < thoughts[-1].input_tokens < 2048

    run_with_thinker(model_paths, work)
