"""Speaks to a house with the official `openai` package, under our own deadlines and limits.

Whatever the package raises ends here. Everything it sends goes through our own pool of connections,
so that `waiting` rules it like every other upstream.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import TypeVar

import httpx2
import openai

from services.errors import ProviderBusy, ProviderError
from services.upstream.connections import make_client
from services.upstream.houses import House
from services.upstream.http import ANSWER_LIMIT, ANSWER_SECONDS, nonsense, silence
from services.upstream.refusals import read_retry_after, refusal
from services.upstream.waiting import Listener, OutOfTime, current_wait, waiting

ATTEMPTS = 3
"""At most, when a house asks us to wait."""
FIRST_PAUSE_SECONDS = 0.5
"""Before the second attempt, when it does not say how long; twice that before the third."""
JITTER = 0.25
"""Part of a pause that is added at random, so that not everybody comes back at once."""
LAST_TRY_SECONDS = 1.0
"""What an attempt needs at least; a pause that leaves less is not begun."""
SIGN_HERE = "the-house-signs"
"""Stands where the server's key goes: the package itself never holds it."""

T = TypeVar("T")


class OpenAiApi:
    """One house; several threads may use it at once."""

    def __init__(
        self, house: House, seconds: float = ANSWER_SECONDS, limit: int = ANSWER_LIMIT
    ) -> None:
        """Open nothing yet.

        Args:
            house: who is asked.
            seconds: for a whole answer, all attempts together.
            limit: bytes of one answer.
        """
        self.house = house
        self._seconds = seconds
        http = make_client(seconds)
        http.auth = _Signature(house)
        http.event_hooks = {"response": [lambda response: _limit(response, limit)]}
        self.client = openai.OpenAI(
            api_key=SIGN_HERE,
            base_url=house.base_url,
            max_retries=0,
            timeout=seconds,
            # What is encoded for the way could be larger than the limit once it is decoded.
            default_headers={"Accept-Encoding": "identity"},
            http_client=http,
        )
        # The package takes these from the environment; a key belongs to one project anyway, and
        # other houses must not be told.
        self.client.organization = self.client.project = None

    def ask(
        self,
        work: Callable[[openai.OpenAI], T],
        *,
        seconds: float | None = None,
        listener: Listener | None = None,
    ) -> T:
        """Do something with the package; again if the house asks for a pause that is short enough.

        Args:
            work: asks the house, and reads the whole answer or enters a stream of it.
            seconds: for all attempts together; None takes those of the API.
            listener: the work ends when it leaves.

        Raises:
            ProviderError: as `to_error` says.
            ListenerLeft: the listener has left.
        """
        with self.asking(seconds, listener):
            for attempt in range(1, ATTEMPTS):
                try:
                    with self.asking():
                        return work(self.client)
                except ProviderBusy as busy:
                    if not _pause(attempt, busy.retry_after):
                        raise
            return work(self.client)

    @contextmanager
    def asking(
        self, seconds: float | None = None, listener: Listener | None = None
    ) -> Iterator[None]:
        """Limit what happens inside the `with`, and translate what goes wrong, as `ask` does."""
        try:
            with waiting(seconds or self._seconds, listener):
                yield
        except openai.OpenAIError as error:
            # Not as its cause, which a log would print: a house may quote the key in its sentence.
            raise to_error(error, self.house) from None
        except (httpx2.RemoteProtocolError, httpx2.DecodingError) as error:
            raise nonsense(f"{self.house.name}: {error}") from error
        except (httpx2.HTTPError, httpx2.InvalidURL, OutOfTime) as error:
            raise silence(f"{self.house.name}: {type(error).__name__}: {error}") from error

    def post(self, path: str, body: dict[str, object]) -> bytes:
        """Post JSON to an address that the package does not know; give the whole answer.

        Raises:
            ProviderError: as `ask` does.
        """
        reply = self.ask(lambda client: client.post(path, body=body, cast_to=httpx2.Response))
        return reply.content

    def close(self) -> None:
        """Close all connections; may be called twice."""
        self.client.close()


class _Signature(httpx2.Auth):
    """Puts the server's key into a request, unless it goes out with a browser's key."""

    def __init__(self, house: House) -> None:
        self._house = house

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        if request.headers.get("authorization") == f"Bearer {SIGN_HERE}":
            del request.headers["authorization"]
            request.headers.update(self._house.sign_in())
        yield request


class _Limited(httpx2.SyncByteStream):
    """A body that may not be longer than this."""

    def __init__(self, stream: httpx2.SyncByteStream, limit: int) -> None:
        self._stream = stream
        self._limit = limit

    def __iter__(self) -> Iterator[bytes]:
        received = 0
        for piece in self._stream:
            received += len(piece)
            if received > self._limit:
                raise nonsense(f"more than {self._limit} bytes")
            yield piece

    def close(self) -> None:
        self._stream.close()


def _limit(response: httpx2.Response, limit: int) -> None:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise nonsense("encoded, although that was not asked for")
    assert isinstance(response.stream, httpx2.SyncByteStream)
    response.stream = _Limited(response.stream, limit)


def to_error(error: openai.OpenAIError, house: House) -> ProviderError:
    """Give the failure of ours; the house's own words go to the log without any key."""
    if isinstance(error, openai.APIStatusError):
        said = error.body.get("message") if isinstance(error.body, dict) else None
        return refusal(
            house,
            error.status_code,
            error.code or "",
            said if isinstance(said, str) else "",
            str(error.param or ""),
            read_retry_after(error.response.headers),
        )
    if isinstance(error, openai.APIConnectionError):
        cause = error.__cause__
        if isinstance(cause, httpx2.RemoteProtocolError | httpx2.DecodingError):
            return nonsense(f"{house.name}: {cause}")
        return silence(f"{house.name}: {type(cause or error).__name__}: {cause or error}")
    return nonsense(f"{house.name}: {type(error).__name__}")


def _pause(attempt: int, wanted: float | None) -> bool:
    """Wait before another attempt; False: there is no time left for one."""
    seconds = FIRST_PAUSE_SECONDS * 2 ** (attempt - 1) if wanted is None else wanted
    seconds *= 1 + random.uniform(0, JITTER)
    wait = current_wait()
    if wait is None or wait.left < seconds + LAST_TRY_SECONDS:
        return False
    wait.pause(seconds)
    return True
