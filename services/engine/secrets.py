"""Keys for browsers: short-lived, each with the session that it opens."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from services.engine.errors import KeyRefused
from services.engine.protocol.config import SessionConfig

PREFIX = "ek_"
MOST_KEYS = 10_000
"""Beyond this the oldest key is forgotten, so that minting cannot fill the memory."""


@dataclass(frozen=True)
class ClientSecret:
    """A key that a browser may hold."""

    value: str
    expires_at: int
    """Unix seconds."""
    config: SessionConfig


class Secrets:
    """The keys that are valid now, in memory: they end with the process."""

    def __init__(self) -> None:
        """Begin with none."""
        self._by_value: dict[str, ClientSecret] = {}

    def mint(self, config: SessionConfig, seconds: int) -> ClientSecret:
        """Make a key for a session; it can be used until it expires."""
        self._forget_expired()
        if len(self._by_value) >= MOST_KEYS:
            del self._by_value[next(iter(self._by_value))]
        secret = ClientSecret(
            PREFIX + secrets.token_urlsafe(24), int(time.time()) + seconds, config
        )
        self._by_value[secret.value] = secret
        return secret

    def check(self, value: str) -> ClientSecret:
        """Look a key up.

        Raises:
            KeyRefused: it is not ours, or it has expired.
        """
        secret = self._by_value.get(value)
        if secret is None:
            raise KeyRefused("This key is not one of this server's; ask for a new one.")
        if secret.expires_at <= time.time():
            raise KeyRefused("This key has expired; ask for a new one.", code="expired_api_key")
        return secret

    def _forget_expired(self) -> None:
        now = time.time()
        for value in [one.value for one in self._by_value.values() if one.expires_at <= now]:
            del self._by_value[value]
