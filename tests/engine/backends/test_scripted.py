from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.engine.backends.scripted import load_script
from services.engine.stages import (
    Finish,
    Message,
    Pcm,
    Prompt,
    StageError,
    Stages,
    TextDelta,
    Thought,
    ToolCall,
)

EXAMPLE = Path(__file__).with_name("example.toml")


def script(folder: Path, text: str) -> Stages:
    path = folder / "script.toml"
    path.write_text(text)
    return load_script(path)


def think(stages: Stages, said: str) -> list[Thought]:
    async def collect() -> list[Thought]:
        prompt = Prompt((Message("system", "Be kind."), Message("user", said)))
        return [thought async for thought in stages.thinker.think(prompt)]

    return asyncio.run(collect())


def text_of(thoughts: list[Thought]) -> str:
    return "".join(thought.text for thought in thoughts if isinstance(thought, TextDelta))


def hear(stages: Stages, samples: np.ndarray, **options: Any) -> str:
    return asyncio.run(stages.transcriber.transcribe(Pcm(samples, 16_000), **options)).text


def noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(-9000, 9000, 32_000).astype(np.int16)


def test_the_example_holds_a_conversation():
    stages = load_script(EXAMPLE)

    said = hear(stages, noise(1))
    thoughts = think(stages, said)

    assert said == "What is the capital of France?"
    assert text_of(thoughts) == "The capital of France is Paris."
    assert isinstance(thoughts[-1], Finish)


def test_utterances_come_in_order_and_the_last_repeats(tmp_path):
    stages = script(tmp_path, 'transcriber.utterances = [{ text = "One." }, { text = "Two." }]')

    assert [hear(stages, noise(seed)) for seed in range(3)] == ["One.", "Two.", "Two."]


def test_a_speaker_who_goes_on_says_the_same_utterance(tmp_path):
    stages = script(tmp_path, 'transcriber.utterances = [{ text = "One." }, { text = "Two." }]')
    whole = noise(1)

    heard = [hear(stages, whole[:16_000]), hear(stages, whole), hear(stages, noise(2))]

    assert heard == ["One.", "One.", "Two."]


def test_a_draft_has_some_of_the_words_and_uses_nothing_up(tmp_path):
    stages = script(tmp_path, 'transcriber.utterances = [{ text = "a b c d e f g h i" }]')

    assert hear(stages, noise(1), draft=True) == "a b c d e f"
    assert hear(stages, noise(1)) == "a b c d e f g h i"


def test_context_and_last_words_are_filled_in(tmp_path):
    stages = script(tmp_path, 'thinker.rules = [{ reply = "{last} | {context}" }]')

    assert text_of(think(stages, "Hi {x}")) == "Hi {x} | system: Be kind.\nuser: Hi {x}"


def test_a_tool_is_called():
    thoughts = think(load_script(EXAMPLE), "What time is it?")

    assert isinstance(thoughts[0], ToolCall)
    assert (thoughts[0].name, thoughts[0].arguments) == ("clock", '{"zone": "UTC"}')
    assert isinstance(thoughts[-1], Finish)
    assert thoughts[-1].reason == "tool_calls"


def test_planned_failures_are_stage_errors():
    stages = load_script(EXAMPLE)

    with pytest.raises(StageError, match="as planned"):
        think(stages, "Please break.")

    async def cough() -> None:
        async for _ in stages.voice.speak("Cough, cough: cough"):
            pass

    with pytest.raises(StageError, match="hoarse"):
        asyncio.run(cough())


def test_a_stalled_reply_can_be_given_up():
    async def give_up() -> None:
        prompt = Prompt((Message("user", "Never answer."),))
        async with aclosing(load_script(EXAMPLE).thinker.think(prompt)) as thoughts:
            async with asyncio.timeout(0.01):
                await anext(thoughts)

    with pytest.raises(TimeoutError):
        asyncio.run(give_up())


def test_words_are_tones_of_their_own():
    async def speak() -> list[Pcm]:
        return [sound async for sound in load_script(EXAMPLE).voice.speak("one two one", speed=2)]

    one, two, again = asyncio.run(speak())

    assert one.seconds == pytest.approx(0.125)
    assert np.array_equal(one.samples, again.samples)
    assert not np.array_equal(one.samples, two.samples)


def test_loud_sound_is_speech():
    activity = load_script(EXAMPLE).voice_activity()

    assert activity.probability(np.zeros(512, np.int16)) == 0.0
    assert activity.probability(noise(1)[:512]) == 1.0


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("voices = []", "does not know voices"),
        ("voice.ms_per_word = 'fast'", "must be of type int"),
        ("thinker.rules = [{ match = '(' }]", "no regular expression"),
        ("thinker.rules = [{ stall = 1 }]", "must be of type bool"),
        ("thinker.rules = [{ finish = 'never' }]", "finish must be one of"),
        ("thinker.rules = [{ tool_call = {} }]", "tool_call.name"),
        ("transcriber.utterances = 'Hi'", "must be a list"),
        ("voice.voices = []", "list of names"),
        ("= 1", "mistake"),
    ],
)
def test_mistakes_are_named(tmp_path, text, mistake):
    with pytest.raises(StageError, match=mistake.replace("(", r"\(")):
        script(tmp_path, text)


def test_a_missing_script_is_named(tmp_path):
    with pytest.raises(StageError, match="cannot be read"):
        load_script(tmp_path / "none.toml")


def test_json_will_do(tmp_path):
    path = tmp_path / "script.json"
    path.write_text('{"thinker": {"rules": [{"reply": "Yes."}]}}')

    assert text_of(think(load_script(path), "Hello.")) == "Yes."
