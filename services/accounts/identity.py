"""What a proof says about somebody, and who somebody is to this server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Identity:
    """What a proof says; the same issuer and subject are always the same person."""

    label: str
    """What to call them. If it is an address, that is verified where there is an issuer."""
    issuer: str | None = None
    """Who vouches for them. None: nobody does, so nobody is ever the same person again."""
    subject: str | None = None
    """Their name at the issuer."""


@dataclass(frozen=True)
class Person:
    """Whoever asks."""

    user_id: str
    label: str | None = None
    """None: nobody asked."""
    sign_in_id: str | None = None
    """None: they did not sign in, but use the same browser again."""
    is_owner: bool = False
    """Whether they may see what concerns everybody."""
    is_vouched_for: bool = False
    """Whether an issuer says who they are, so that they are the same when they come back."""


def is_among(owners: Iterable[str], subject: str | None, label: str | None) -> bool:
    """Tell whether somebody whom the issuer vouches for is one of these subjects or addresses."""
    if subject is None:
        return False
    address = label.casefold() if label and "@" in label else None
    return any(owner == subject or owner.casefold() == address for owner in owners)
