"""The routes of an OpenID provider: what it says of itself, its keys, tokens and people.

Source: https://openid.net/specs/openid-connect-discovery-1_0.html,
https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_token_request

from services.errors import IssuerUnavailable, ProviderError, SignInRefused
from services.upstream.http import HttpApi, Reply

ANSWER_SECONDS = 6.0
"""Somebody waits for the page."""
FRESH = timedelta(hours=1)
"""So long it is remembered what an issuer says of itself."""
WELL_KNOWN = "/.well-known/openid-configuration"
ADDRESSES = (
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "userinfo_endpoint",
)
"""What an issuer says of itself; it may do without the last."""
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

Answer = dict[str, object]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Client:
    """Who we are at the issuer."""

    id: str
    secret: str | None = field(repr=False)
    """None: nobody keeps a secret; PKCE alone ties the code to us."""


@dataclass(frozen=True)
class Facts:
    """What an issuer says of itself."""

    issuer: str
    """Its name, as it stands in tokens."""
    authorization: str
    """Where browsers go."""
    token: str
    keys: str
    about: str | None
    """Where it tells about people, if it does."""
    algorithms: object
    sign_in_methods: object
    """How we may show our secret."""


class IssuerRoutes:
    """Asks the issuer, and remembers for a while what changes seldom."""

    def __init__(self, url: str, client: Client, clock: Callable[[], datetime]) -> None:
        """Ask for nothing yet."""
        self._url = url
        self._client = client
        self._clock = clock
        self._http = HttpApi(ANSWER_SECONDS)
        self._facts: tuple[datetime, Facts] | None = None
        self._keys: tuple[datetime, Answer] | None = None

    def facts(self) -> Facts:
        """Give what it says of itself.

        Raises:
            IssuerUnavailable: it says nothing, or nonsense.
        """
        if self._facts is None or self._clock() - self._facts[0] > FRESH:
            self._facts = (self._clock(), self._read_facts())
        return self._facts[1]

    def keys(self, *, are_old: bool = False) -> Answer:
        """Give its keys, a JSON Web Key Set; anew if those that were given are old.

        Raises:
            IssuerUnavailable: it does not tell.
        """
        if are_old or self._keys is None or self._clock() - self._keys[0] > FRESH:
            reply = self._ask("GET", self.facts().keys, {"Accept": JSON})
            self._keys = (self._clock(), self._success(reply))
        return self._keys[1]

    def exchange(self, code: str, redirect_uri: str, verifier: str) -> Answer:
        """Exchange a code for tokens.

        Raises:
            SignInRefused: the code is not good.
            IssuerUnavailable: it does not answer, or does not know us.
        """
        body = prepare_token_request(
            "authorization_code", code=code, redirect_uri=redirect_uri, code_verifier=verifier
        )
        sign = ClientAuth(self._client.id, self._client.secret, self._method())
        headers = {"Accept": JSON, "Content-Type": FORM}
        _, headers, body = sign.prepare("POST", self.facts().token, headers, body)
        reply = self._ask("POST", self.facts().token, headers, body.encode())
        if reply.status == 400 and _error_of(reply) == "invalid_grant":
            log.warning("a sign-in was refused: the issuer does not take the code")
            raise SignInRefused("The sign-in took too long. Sign in again.")
        return self._success(reply)

    def about(self, access_token: str, subject: str) -> Answer:
        """Give what else it tells about somebody; nothing if it does not."""
        url = self.facts().about
        if url is None:
            return {}
        headers = {"Accept": JSON, "Authorization": f"Bearer {access_token}"}
        try:
            told = self._success(self._ask("GET", url, headers))
        except IssuerUnavailable:
            return {}  # A name is nice to have; who it is, is known without.
        return told if told.get("sub") == subject else {}

    def close(self) -> None:
        """Close all connections; may be called twice."""
        self._http.close()

    def _read_facts(self) -> Facts:
        told = self._success(self._ask("GET", self._url + WELL_KNOWN, {"Accept": JSON}))
        issuer, authorization, token, keys, about = (_text(told.get(name)) for name in ADDRESSES)
        if not (issuer and authorization and token and keys) or issuer.rstrip("/") != self._url:
            raise _unavailable("what it says of itself is not enough, or is about somebody else")
        return Facts(
            issuer=issuer,
            authorization=authorization,
            token=token,
            keys=keys,
            about=about,
            algorithms=told.get("id_token_signing_alg_values_supported"),
            sign_in_methods=told.get("token_endpoint_auth_methods_supported"),
        )

    def _method(self) -> str:
        """Choose how to say who we are; `basic` holds where nothing is said."""
        if self._client.secret is None:
            return "none"
        offered = self.facts().sign_in_methods
        only_post = isinstance(offered, list) and "client_secret_basic" not in offered
        return "client_secret_post" if only_post else "client_secret_basic"

    def _ask(
        self, method: str, url: str, headers: dict[str, str], content: bytes | None = None
    ) -> Reply:
        try:
            return self._http.ask(method, url, headers=headers, content=content)
        except ProviderError as error:
            raise _unavailable("no answer") from error

    def _success(self, reply: Reply) -> Answer:
        if reply.status != 200:
            raise _unavailable(f"status {reply.status} {_error_of(reply)}")
        try:
            return reply.json()
        except ProviderError as error:
            raise _unavailable("not JSON") from error


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _error_of(reply: Reply) -> str:
    """Read the name of a refusal.

    Source: https://www.rfc-editor.org/rfc/rfc6749#section-5.2
    """
    try:
        return str(json.loads(reply.body)["error"])[:80]
    except (ValueError, TypeError, KeyError):
        return ""


def _unavailable(why: str) -> IssuerUnavailable:
    log.warning("the issuer cannot be used: %s", why)
    return IssuerUnavailable(
        "The service that signs people in does not answer as it should. Try again in a moment; "
        "the person who runs this server can see why in its log."
    )
