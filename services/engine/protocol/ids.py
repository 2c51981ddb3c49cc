"""Identifiers with the prefixes of the Realtime API."""

from __future__ import annotations

import secrets
from typing import Literal

Prefix = Literal["event", "sess", "conv", "item", "resp", "call", "rtc"]


def new_id(prefix: Prefix) -> str:
    """Make an id that nobody can guess, at most 32 characters long."""
    return f"{prefix}_{secrets.token_hex(11)}"
