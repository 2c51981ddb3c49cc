"""Where one voice fails, the next speaks."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing, contextmanager

import pytest

from services.errors import (
    ListenerLeft,
    ProviderBusy,
    ProviderError,
    ProviderRefused,
    ProviderRejected,
    ProviderUnavailable,
)
from services.speech import ladder as module
from services.speech.base import Utterance
from services.speech.engine import EngineSpeech
from services.speech.ladder import PASSED_OVER_SECONDS, Ladder
from services.upstream.engine_api import EngineApi
from services.upstream.waiting import waiting
from tests.contracts.conftest import Caller, silent
from tests.contracts.speakers import elevenlabs_at
from tests.providers.stand_in_audio import PIECE
from tests.providers.stand_in_elevenlabs import StandInElevenLabs
from tests.providers.stand_in_engine import SERVER_KEY, StandInEngine

HELLO = Utterance("Hello there.", voice="chosen")


class Rung:
    """A voice that says its name, or what it is planned to do."""

    speeds = (0.5, 2.0)

    def __init__(self, name, *plan):
        self.name = name
        self.asked = []
        self.left = 0
        self.plan = list(plan)
        """For each utterance what it fails with: at once, or (after how many pieces, with what)."""

    def voices(self):
        return {"chosen": f"{self.name}'s", "other": "other"}

    def check(self):
        pass

    def close(self):
        pass

    @contextmanager
    def speak(self, utterance, listener=None):
        self.asked.append(utterance)
        plan = self.plan.pop(0) if self.plan else None
        if isinstance(plan, Exception):
            raise plan
        try:
            yield self._pieces(plan)
        finally:
            self.left += 1

    def _pieces(self, plan):
        count, error = plan or (2, None)
        for _ in range(count):
            yield self.name.encode()
        if error:
            raise error


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ladder_of(clock):
    return lambda *rungs: Ladder(rungs, clock)


def say(ladder, utterance=HELLO):
    with ladder.speak(utterance) as spoken:
        return spoken.voice_of, spoken.is_stand_in, b"".join(spoken.pieces)


def test_the_chosen_voice_speaks_while_it_can(ladder_of):
    first, second = Rung("a"), Rung("b")

    assert say(ladder_of(first, second)) == ("a", False, b"aa")
    assert (second.asked, first.left) == ([], 1)


@pytest.mark.parametrize(
    "failure", [ProviderUnavailable("x"), (0, ProviderBusy("x")), ProviderRefused("x")]
)
def test_what_nobody_heard_is_said_by_the_next_within_the_same_request(ladder_of, failure):
    first, second = Rung("a", failure), Rung("b")

    assert say(ladder_of(first, second)) == ("b", True, b"bb")
    assert second.asked[0].text == HELLO.text
    assert second.asked[0].voice is None  # it has other voices


def test_a_voice_that_failed_is_passed_over_for_a_while(ladder_of, clock):
    first, second = Rung("a", ProviderUnavailable("x")), Rung("b")
    ladder = ladder_of(first, second)
    say(ladder)

    clock.now += PASSED_OVER_SECONDS - 1
    assert say(ladder)[0] == "b"
    assert len(first.asked) == 1
    clock.now += 2
    assert say(ladder) == ("a", False, b"aa")


def test_a_voice_that_fails_in_the_middle_leaves_the_rest_to_the_next(ladder_of):
    first, second = Rung("a", (1, ProviderUnavailable("x"))), Rung("b")
    ladder = ladder_of(first, second)

    with ladder.speak(HELLO) as spoken:
        assert next(spoken.pieces) == b"a"
        with pytest.raises(ProviderUnavailable):
            next(spoken.pieces)

    assert first.left == 1
    assert say(ladder)[0] == "b"


def test_a_text_that_cannot_be_said_does_not_put_a_voice_aside(ladder_of):
    first, second = Rung("a", ProviderRejected("x")), Rung("b")
    ladder = ladder_of(first, second)

    assert say(ladder)[0] == "b"
    assert say(ladder)[0] == "a"


def test_if_nobody_can_speak_the_chosen_voice_says_why(ladder_of):
    ladder = ladder_of(
        Rung("a", *2 * [ProviderRefused("mine")]), Rung("b", *2 * [ProviderBusy("its")])
    )

    for _ in range(2):  # also when all were passed over
        with pytest.raises(ProviderRefused, match="mine"):
            say(ladder)


def test_a_voice_alone_is_asked_again_at_once(ladder_of):
    alone = Rung("a", ProviderUnavailable("x"))
    ladder = ladder_of(alone)

    with pytest.raises(ProviderUnavailable):
        say(ladder)
    assert say(ladder) == ("a", False, b"aa")


def test_leaving_early_leaves_the_voice(ladder_of):
    first = Rung("a")

    with ladder_of(first, Rung("b")).speak(HELLO) as spoken:
        next(spoken.pieces)

    assert first.left == 1


def test_a_listener_that_left_is_no_failure_of_a_voice(ladder_of):
    first, second = Rung("a", ListenerLeft("gone")), Rung("b")

    with pytest.raises(ListenerLeft):
        say(ladder_of(first, second))
    assert second.asked == []


def test_voices_are_those_of_the_chosen_service(ladder_of):
    ladder = ladder_of(Rung("a"), Rung("b"))

    assert ladder.name == "a"
    assert ladder.voices()["chosen"] == "a's"


@pytest.fixture
def real(monkeypatch):
    """ElevenLabs with the engine below it, each a stand-in."""
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.3)
    with ExitStack() as stack:
        cloud = stack.enter_context(StandInElevenLabs())
        engine = stack.enter_context(StandInEngine())
        api = stack.enter_context(closing(EngineApi(engine.state, SERVER_KEY)))
        ladder = Ladder([elevenlabs_at(cloud.url), EngineSpeech(api)])
        stack.enter_context(closing(ladder))
        yield ladder, cloud, engine


def test_a_voice_that_keeps_silent_is_not_waited_for_long(real):
    ladder, cloud, _ = real
    cloud.instead = silent
    begun = time.monotonic()

    with waiting(9, None):
        assert say(ladder, Utterance("Hello there."))[0] == "engine"
    assert time.monotonic() - begun < 1


def test_half_a_stream_is_followed_by_the_next_voice(real):
    ladder, cloud, engine = real
    cloud.audio.ending = "cut"

    with ladder.speak(Utterance("Hello there, all of you.")) as spoken:
        assert b"".join(next(spoken.pieces) for _ in range(3)) == 3 * PIECE
        with pytest.raises(ProviderError):
            next(spoken.pieces)

    assert say(ladder, Utterance("all of you."))[0] == "engine"
    assert [wish["input"] for wish in engine.audio.spoken] == ["all of you."]


def test_a_listener_that_leaves_ends_the_work_of_the_voice_that_speaks(real):
    ladder, cloud, _ = real
    cloud.audio.pause_seconds = 20
    with closing(Caller()) as caller, ladder.speak(Utterance("Hi."), caller.listener) as spoken:
        next(spoken.pieces)
        left_at = caller.leave()
        with pytest.raises(ListenerLeft):
            next(spoken.pieces)

    assert cloud.audio.left.get(timeout=5) - left_at < 1
