"""The access code: whoever knows it may come in. What they call themselves proves nothing."""

from __future__ import annotations

import hmac
import re

from services.accounts.identity import Identity
from services.errors import InvalidField, SignInRefused

LONGEST_ADDRESS = 254
"""Characters. Source: https://www.rfc-editor.org/errata/eid1690"""
MARK_LENGTH = 16
"""Hexadecimal digits."""
ADDRESS = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")
"""No more than what tells a slip of the keyboard; nothing is ever sent there."""


def mark_of(code: str, key: bytes) -> str:
    """Tell codes apart in a way that says nothing about them to whoever lacks the key."""
    return hmac.new(key, code.strip().encode(), "sha256").hexdigest()[:MARK_LENGTH]


def admit(address: str, given: str, code: str) -> Identity:
    """Check what somebody shows.

    Args:
        address: an e-mail address; a label, never a proof.
        given: the code that they know.
        code: the code that is right.

    Raises:
        InvalidField: it is no address.
        SignInRefused: it is not the code.
    """
    address = address.strip()
    if len(address) > LONGEST_ADDRESS or not ADDRESS.fullmatch(address):
        raise InvalidField("email", "must be an e-mail address")
    # Compared in constant time; surrounding blanks come with copying.
    if not hmac.compare_digest(given.strip().encode(), code.strip().encode()):
        raise SignInRefused("This is not the access code. Ask whoever runs this server for it.")
    return Identity(label=address)
