"""What goes out on the assistant's track, frame by frame."""

import asyncio

import numpy as np
import pytest

from services.engine.media.playout import FRAME_SAMPLES, RATE, Playout
from services.engine.stages import Pcm


def sound(frames):
    return Pcm(np.full(round(frames * FRAME_SAMPLES), 8000, np.int16), RATE)


class Ear:
    """Takes packets from a playout and notes what it says of them."""

    def __init__(self):
        self.said: list[tuple[str, str]] = []
        self.playout = Playout(
            lambda response_id: self.said.append(("started", response_id)),
            lambda response_id: self.said.append(("stopped", response_id)),
        )

    async def hear(self, frames):
        return [len(bytes(await self.playout.recv())) for _ in range(frames)]


def run(work):
    asyncio.run(work)


def test_replies_are_heard_one_after_the_other():
    async def listen():
        ear = Ear()
        ear.playout.play("a", sound(2))
        ear.playout.play("b", sound(1))
        ear.playout.finish("a")
        ear.playout.finish("b")

        await ear.hear(4)

        assert ear.said == [("started", "a"), ("stopped", "a"), ("started", "b"), ("stopped", "b")]
        assert ear.playout.playing == ()

    run(listen())


def test_it_is_known_how_much_was_heard():
    async def listen():
        ear = Ear()
        ear.playout.play("a", sound(10))

        await ear.hear(3)

        assert [one.heard_ms for one in ear.playout.playing] == [60]
        assert ear.playout.waiting_seconds == pytest.approx(0.14)

    run(listen())


def test_a_reply_that_pauses_has_not_stopped():
    async def listen():
        ear = Ear()
        ear.playout.play("a", sound(1))

        await ear.hear(3)
        assert ear.said == [("started", "a")]

        ear.playout.play("a", sound(1))
        ear.playout.finish("a")
        await ear.hear(1)

        assert ear.said == [("started", "a"), ("stopped", "a")]

    run(listen())


def test_an_odd_rest_waits_for_the_sound_behind_it():
    async def listen():
        ear = Ear()
        ear.playout.play("a", sound(1.5))
        await ear.hear(2)

        assert ear.playout.playing[0].heard_ms == 20

        ear.playout.play("a", sound(0.5))
        await ear.hear(1)

        assert ear.playout.playing[0].heard_ms == 40

    run(listen())


def test_silencing_forgets_what_was_not_heard():
    async def listen():
        ear = Ear()
        ear.playout.play("a", sound(100))
        await ear.hear(2)

        ear.playout.silence()
        sizes = await ear.hear(10)

        assert ear.playout.playing == ()
        assert ear.said == [("started", "a")]
        assert sizes[-1] < 40, "silence takes few bytes"

    run(listen())


def test_frames_come_at_the_pace_of_the_sound():
    async def listen():
        ear = Ear()
        loop = asyncio.get_running_loop()
        begin = loop.time()

        await ear.hear(11)

        assert 0.19 < loop.time() - begin < 0.6

    run(listen())


def test_who_makes_sound_waits_for_room():
    async def listen():
        ear = Ear()
        ear.playout.play("a", sound(10))
        waiting = asyncio.create_task(ear.playout.room(0.1))
        await ear.hear(2)
        assert not waiting.done()

        await ear.hear(4)

        await asyncio.wait_for(waiting, 1)

    run(listen())
