"""When sound that was sent has been heard, as far as the server can tell."""

import asyncio

import numpy as np

from services.engine.media.sent_sound import SentSound
from services.engine.stages import Pcm


def sound(seconds):
    return Pcm(np.zeros(int(24_000 * seconds), np.int16), 24_000)


class Ear:
    """Notes what a `SentSound` says, and when."""

    def __init__(self):
        self.said: list[tuple[str, str]] = []
        self.stopped = asyncio.Event()
        self.sent = SentSound(
            asyncio.Event().wait,
            lambda response_id: self.said.append(("started", response_id)),
            self._stop,
        )

    def _stop(self, response_id):
        self.said.append(("stopped", response_id))
        self.stopped.set()


def test_a_reply_is_heard_as_long_as_it_sounds():
    async def listen():
        ear, loop = Ear(), asyncio.get_running_loop()
        begin = loop.time()
        ear.sent.play("a", sound(0.1))
        ear.sent.play("a", sound(0.1))
        ear.sent.finish("a")
        ear.sent.finish("a")
        await ear.stopped.wait()

        assert ear.said == [("started", "a"), ("stopped", "a")]
        assert loop.time() - begin >= 0.19

    asyncio.run(listen())


def test_sound_that_follows_postpones_the_end():
    async def listen():
        ear = Ear()
        ear.sent.play("a", sound(0.1))
        ear.sent.finish("a")
        ear.sent.play("b", sound(0.1))
        ear.sent.finish("b")
        await ear.stopped.wait()

        assert ear.said == [("started", "a"), ("started", "b"), ("stopped", "b")]

    asyncio.run(listen())


def test_a_reply_without_sound_has_no_end():
    async def listen():
        ear = Ear()
        ear.sent.finish("a")

        assert ear.said == []

    asyncio.run(listen())
