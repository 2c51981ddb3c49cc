"""Whether a key opens a call, and under which name a provider knows somebody. Pure.

Keys themselves are never stored, only what they hash to.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Protocol

from services.errors import KeyRefused


class Locked(Protocol):
    """A call, as far as its key matters."""

    key_hash: str | None
    key_expires_at: datetime | None


def check_key(call: Locked, key: str | None, now: datetime) -> None:
    """See whether this key opens this call; a brokered call has none.

    Raises:
        KeyRefused: it does not.
    """
    if call.key_hash is None:
        return
    if key is None:
        raise KeyRefused("The offer came without the call's key in its Authorization header.")
    if not hmac.compare_digest(hash_key(key), call.key_hash):
        raise KeyRefused("This key was not made for this call. Connect again.")
    if call.key_expires_at is not None and call.key_expires_at <= now:
        raise KeyRefused("The key of this call has expired. Connect again.")


def hash_key(key: str) -> str:
    """Give the SHA-256 of a key, hexadecimal."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def safety_identifier(user_id: str) -> str:
    """Give the stable name under which a provider knows somebody, which tells it nothing.

    Source: https://platform.openai.com/docs/guides/safety-best-practices
    """
    return hashlib.sha256(f"vivavoce:{user_id}".encode()).hexdigest()
