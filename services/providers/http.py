"""Asks one HTTP API with deadlines and a size limit; foreign exceptions end here."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass

import httpx2

from services.errors import ProviderProtocolError, ProviderUnavailable

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 10.0
"""For a whole answer, so that a drip of bytes cannot hold a thread."""
ANSWER_LIMIT = 1_000_000
"""Bytes; the largest real answer, an SDP, has a few thousand."""

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
            raise _nonsense(f"not JSON (status {self.status})") from error
        if not isinstance(parsed, dict):
            raise _nonsense("JSON but no object")
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
    """One pool of connections for the process, without proxies, redirects or retries."""

    def __init__(self, answer_seconds: float = ANSWER_SECONDS) -> None:
        """Open nothing yet; give up an answer that takes longer than this."""
        self._answer_seconds = answer_seconds
        self._client = httpx2.Client(
            timeout=httpx2.Timeout(answer_seconds, connect=CONNECT_SECONDS),
            limits=httpx2.Limits(max_connections=64, max_keepalive_connections=32),
            follow_redirects=False,
            # A proxy of the environment must not see keys meant for the provider.
            trust_env=False,
        )

    def ask(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str],
        content: bytes | None = None,
        files: dict[str, tuple[None, bytes, str]] | None = None,
    ) -> Reply:
        """Send one request and read the whole answer.

        Raises:
            ProviderUnavailable: no connection, or no complete answer in time.
            ProviderProtocolError: the answer is not HTTP, or too long.
        """
        deadline = time.monotonic() + self._answer_seconds
        try:
            with self._client.stream(
                method, url, headers=headers, content=content, files=files
            ) as answer:
                body = bytearray()
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > ANSWER_LIMIT:
                        raise _nonsense(f"more than {ANSWER_LIMIT} bytes")
                    if time.monotonic() > deadline:
                        raise _silence(f"no complete answer within {self._answer_seconds:g} s")
        except (httpx2.RemoteProtocolError, httpx2.DecodingError) as error:
            raise _nonsense(str(error)) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise _silence(f"{type(error).__name__}: {error}") from error
        return Reply(answer.status_code, bytes(body), answer.headers.get("location"))

    def close(self) -> None:
        """Close all connections; may be called twice."""
        self._client.close()


def _silence(why: str) -> ProviderUnavailable:
    log.warning("provider: %s", why)
    return ProviderUnavailable(
        "The voice service does not answer. Try again in a moment; if that does not help, "
        "the person who runs this server can see why in its log."
    )


def _nonsense(why: str) -> ProviderProtocolError:
    log.error("provider: %s", why)
    return ProviderProtocolError(
        "The voice service gave an answer that cannot be understood. Try again in a moment."
    )
