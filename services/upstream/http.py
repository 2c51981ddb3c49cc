"""Asks one HTTP API with deadlines and size limits; foreign exceptions end here."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

import httpx2

from services.errors import ProviderProtocolError, ProviderUnavailable
from services.upstream.connections import make_client
from services.upstream.waiting import Listener, OutOfTime, waiting

ANSWER_SECONDS = 9.0
"""For a whole answer, so that a drip of bytes holds no thread; the page waits a little longer."""
ANSWER_LIMIT = 1_000_000
"""Bytes; the largest real answer, an SDP, has a few thousand."""
LEAST_RATE = 800
"""Bytes a second. Speech in the thinnest codec takes 2,000; an upstream below this is broken."""

Files = dict[str, tuple[str | None, bytes | BinaryIO, str] | tuple[None, bytes]]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reply:
    """A complete answer, whatever its status."""

    status: int
    body: bytes
    location: str | None

    def json(self) -> dict[str, object]:
        """Read the body as a JSON object, whatever content type it claims.

        Raises:
            ProviderProtocolError: it is not one.
        """
        try:
            parsed = json.loads(self.body)
        except ValueError as error:
            raise nonsense(f"not JSON (status {self.status})") from error
        if not isinstance(parsed, dict):
            raise nonsense("JSON but no object")
        return parsed

    def problem(self) -> tuple[str, str]:
        """Read `{"error": {"message", "code"}}`; both are "" where the body has no such thing.

        Source: https://platform.openai.com/docs/guides/error-codes
        """
        try:
            error = json.loads(self.body)["error"]
            return str(error.get("message") or ""), str(error.get("code") or "")
        except (ValueError, TypeError, KeyError, AttributeError):
            return "", ""


class HttpApi:
    """One pool of connections for the process."""

    def __init__(self, answer_seconds: float = ANSWER_SECONDS) -> None:
        """Open nothing yet; give up an upstream that is silent for this long.

        A whole answer may not take longer either; a stream may.
        """
        self._answer_seconds = answer_seconds
        self._client = make_client(answer_seconds)

    def ask(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str],
        content: bytes | None = None,
        files: Files | None = None,
        seconds: float | None = None,
        listener: Listener | None = None,
    ) -> Reply:
        """Send one request and read the whole answer.

        Args:
            method: of HTTP.
            url: whole.
            headers: besides those of the body.
            content: the body.
            files: fields of a form instead of a body.
            seconds: for this request; None takes those of the API.
            listener: the request ends when it leaves.

        Raises:
            ProviderUnavailable: no connection, or no complete answer in time.
            ProviderProtocolError: the answer is not HTTP, or too long.
            ListenerLeft: the listener has left.
        """
        seconds = seconds or self._answer_seconds
        request = self._client.build_request(
            method, url, headers=headers, content=content, files=files, timeout=seconds
        )
        with _translated(), waiting(seconds, listener):
            answer = self._client.send(request, stream=True)
            return _whole(answer)

    @contextmanager
    def stream(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str],
        content: bytes,
        limit: int,
        listener: Listener | None = None,
    ) -> Iterator[Reply | Stream]:
        """Send one request; give a success as it comes, anything else whole.

        Args:
            method: of HTTP.
            url: whole.
            headers: besides those of the body.
            content: the body.
            limit: bytes of the answer.
            listener: the request ends when it leaves.

        Raises:
            ProviderUnavailable: no connection, or no answer in time.
            ProviderProtocolError: the answer is not HTTP.
            ListenerLeft: the listener has left.
        """
        # What is encoded for the way would be held back until it can be decoded.
        headers = {"Accept-Encoding": "identity"} | headers
        request = self._client.build_request(method, url, headers=headers, content=content)
        with _translated(), waiting(self._answer_seconds, listener):
            answer = self._client.send(request, stream=True)
            reply = None if answer.status_code == 200 else _whole(answer)
        try:
            yield reply or Stream(answer, self._answer_seconds, limit, listener)
        finally:
            answer.close()

    def close(self) -> None:
        """Close all connections; may be called twice."""
        self._client.close()


class Stream:
    """The body of an answer, piece by piece, each as soon as it is there."""

    def __init__(
        self, answer: httpx2.Response, seconds: float, limit: int, listener: Listener | None
    ) -> None:
        """Read nothing yet."""
        self._pieces = answer.iter_raw()
        self._seconds = seconds
        self._limit = limit
        self._listener = listener
        self._waited = 0.0
        self._received = 0
        self.content_type: str = answer.headers.get("content-type", "")
        """As the upstream says it."""

    def __iter__(self) -> Iterator[bytes]:
        """Read on."""
        return self

    def __next__(self) -> bytes:
        """Wait for the next piece.

        Raises:
            ProviderUnavailable: the connection broke, or the upstream is silent or drips.
            ProviderProtocolError: the answer is not HTTP, or too long.
            ListenerLeft: the listener has left.
        """
        # Only waiting counts: a listener that takes its time is no fault of the upstream.
        patience = self._seconds + self._received / LEAST_RATE - self._waited
        begun = time.monotonic()
        with _translated(), waiting(min(self._seconds, patience), self._listener):
            piece = next(self._pieces, None)
        if piece is None:
            raise StopIteration
        self._waited += time.monotonic() - begun
        self._received += len(piece)
        if self._received > self._limit:
            raise nonsense(f"more than {self._limit} bytes")
        return piece


def _whole(answer: httpx2.Response) -> Reply:
    body = bytearray()
    try:
        for piece in answer.iter_bytes():
            body += piece
            if len(body) > ANSWER_LIMIT:
                raise nonsense(f"more than {ANSWER_LIMIT} bytes")
    finally:
        answer.close()
    return Reply(answer.status_code, bytes(body), answer.headers.get("location"))


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (httpx2.RemoteProtocolError, httpx2.DecodingError) as error:
        raise nonsense(str(error)) from error
    except (httpx2.HTTPError, httpx2.InvalidURL, OutOfTime) as error:
        raise silence(f"{type(error).__name__}: {error}") from error


def silence(why: str) -> ProviderUnavailable:
    """Write down why an upstream gave no answer; give the error to raise."""
    log.warning("provider: %s", why)
    return ProviderUnavailable(
        "The voice service does not answer. Try again in a moment; if that does not help, "
        "the person who runs this server can see why in its log."
    )


def nonsense(why: str) -> ProviderProtocolError:
    """Write down what an upstream got wrong; give the error to raise."""
    log.error("provider: %s", why)
    return ProviderProtocolError(
        "The voice service gave an answer that cannot be understood. Try again in a moment."
    )
