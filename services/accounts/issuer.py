"""The OpenID provider that knows people: it is asked by way of their browser, and answers us.

The flow is the authorization code with PKCE; state and nonce tie an answer to the browser and to
the question.
Source: https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth,
https://www.rfc-editor.org/rfc/rfc7636, https://www.rfc-editor.org/rfc/rfc9207
"""

from __future__ import annotations

import hmac
import logging
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from services.accounts.attempt import Attempt
from services.accounts.id_token import (
    Claims,
    Expected,
    KeyMissing,
    TokenRefused,
    algorithms_of,
    read_id_token,
)
from services.accounts.identity import Identity
from services.accounts.issuer_routes import Client, IssuerRoutes
from services.errors import SignInRefused

SCOPE = "openid email profile"
SECRET_BYTES = 32
"""Of state, nonce and verifier; as text they are 43 characters long, as PKCE asks."""

log = logging.getLogger(__name__)


class Issuer:
    """One for the process; asks for nothing until somebody signs in."""

    def __init__(self, url: str, client: Client, clock: Callable[[], datetime]) -> None:
        """Name the issuer.

        Args:
            url: its address, without a slash at the end.
            client: who we are there.
            clock: gives the time in UTC.
        """
        self.url = url
        self._client = client
        self._routes = IssuerRoutes(url, client, clock)
        self._clock = clock

    def begin(self, redirect_uri: str) -> tuple[str, Attempt]:
        """Give the address to which the browser goes, and what has to come back.

        Raises:
            IssuerUnavailable: it does not say where it is to be asked.
        """
        state, nonce, verifier = (secrets.token_urlsafe(SECRET_BYTES) for _ in range(3))
        address = prepare_grant_uri(
            self._routes.facts().authorization,
            client_id=self._client.id,
            response_type="code",
            redirect_uri=redirect_uri,
            scope=SCOPE,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return str(address), Attempt(state, nonce, verifier, redirect_uri)

    def finish(self, attempt: Attempt, answer: Mapping[str, str]) -> Identity:
        """Find out who came back.

        Args:
            attempt: the one that this browser began.
            answer: what the issuer sent with the browser.

        Raises:
            SignInRefused: it proves nothing.
            IssuerUnavailable: the issuer does not answer.
        """
        code = self._read_answer(attempt, answer)
        tokens = self._routes.exchange(code, attempt.redirect_uri, attempt.verifier)
        id_token, access_token = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise _refused("no ID token came")
        claims = self._read_token(id_token, access_token, attempt.nonce)
        if "email" not in claims:
            claims = {**self._routes.about(access_token, str(claims["sub"])), **claims}
        return Identity(_label(claims), self.url, str(claims["sub"]))

    def close(self) -> None:
        """Close all connections; may be called twice."""
        self._routes.close()

    def _read_answer(self, attempt: Attempt, answer: Mapping[str, str]) -> str:
        if not hmac.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
            raise _refused("the state is another one")
        if answer.get("iss", self._routes.facts().issuer) != self._routes.facts().issuer:
            raise _refused("another issuer answered")
        if "error" in answer or not answer.get("code"):
            raise _refused(f"the issuer said {answer.get('error', 'nothing')[:80]!r}")
        return answer["code"]

    def _read_token(self, id_token: str, access_token: str, nonce: str) -> Claims:
        expected = Expected(self._routes.facts().issuer, self._client.id, nonce, access_token)
        now = self._clock().timestamp()

        def read(keys: Claims) -> Claims:
            algorithms = algorithms_of(self._routes.facts().algorithms)
            return read_id_token(id_token, keys, algorithms, expected, now)

        try:
            try:
                return read(self._routes.keys())
            except KeyMissing:
                # Issuers change their keys from time to time.
                return read(self._routes.keys(are_old=True))
        except TokenRefused as error:
            raise _refused(str(error)) from error


def _label(claims: Claims) -> str:
    """Choose what to call somebody. An address is one that the issuer has verified, or none."""
    if claims.get("email_verified") in (True, "true") and claims.get("email"):
        return str(claims["email"])
    for name in ("name", "preferred_username"):
        label = claims.get(name)
        if isinstance(label, str) and label and "@" not in label:
            return label
    return str(claims["sub"])


def _refused(why: str) -> SignInRefused:
    log.warning("a sign-in was refused: %s", why)
    return SignInRefused("The sign-in was not confirmed, or took too long. Sign in again.")
