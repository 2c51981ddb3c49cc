"""What a browser takes along to the OpenID provider, and brings back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Attempt:
    """One attempt to sign in; each part of it is good for a single answer."""

    state: str
    """Comes back with the browser: only the one that began may go on."""
    nonce: str
    """Comes back in the token, which was made for this attempt then."""
    verifier: str
    """Shown together with the code, which is of no use to anybody else then."""
    redirect_uri: str
    """Where the issuer sends the browser afterwards."""
