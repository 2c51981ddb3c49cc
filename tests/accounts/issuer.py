"""A real OpenID provider: pyop, which shares no line with what our program checks tokens with.

It believes whoever comes with a browser to be `someone`, and can be told to forge its tokens.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from Cryptodome.PublicKey import RSA
from jwkest.jwk import RSAKey
from jwkest.jws import JWS
from pyop.authz_state import AuthorizationState
from pyop.exceptions import InvalidAuthenticationRequest, InvalidClientAuthentication, OAuthError
from pyop.provider import Provider
from pyop.subject_identifier import HashBasedSubjectIdentifierFactory
from pyop.userinfo import Userinfo

from tests.providers.http_stand_in import HttpStandIn, StandInHandler, send

CLIENT_ID = "vivavoce"
CLIENT_SECRET = "secret-of-the-client"
PEOPLE = {
    "ada": {"name": "Ada", "email": "ada@example.com", "email_verified": True},
    "ben": {"name": "Ben", "email": "ben@example.com", "email_verified": True},
    # Says of himself that he is Ada; the provider has not looked.
    "eve": {"name": "ada@example.com", "email": "ada@example.com", "email_verified": False},
}

Forge = Callable[[dict[str, Any]], None]
"""Changes the claims of a token before it is signed."""


class Handler(StandInHandler):
    """One connection."""

    stand_in: OpenIdIssuer

    def respond(self) -> None:
        routes = {
            "/.well-known/openid-configuration": self._describe,
            "/keys": lambda: self.answer(self.stand_in.provider.jwks),
            "/authorize": self._authorize,
            "/token": self._token,
            "/people": self._people,
        }
        path = urlsplit(self.path).path
        self.stand_in.asked.append(path)
        routes[path]()

    def _describe(self) -> None:
        self.answer(self.stand_in.provider.provider_configuration.to_dict() | self.stand_in.says)

    def _authorize(self) -> None:
        provider = self.stand_in.provider
        try:
            asked = provider.parse_authentication_request(urlsplit(self.path).query)
        except InvalidAuthenticationRequest as error:
            return self.answer({"error": str(error)}, 400)
        answer = provider.authorize(asked, self.stand_in.someone)
        address = answer.request(asked["redirect_uri"])
        return send(self, 303, b"", "text/plain", {"Location": address})

    def _token(self) -> None:
        try:
            tokens = self.stand_in.provider.handle_token_request(
                self.body.decode(), dict(self.headers)
            ).to_dict()
        except InvalidClientAuthentication:
            return self.answer({"error": "invalid_client"}, 401)
        except OAuthError as error:
            return self.answer({"error": error.oauth_error}, 400)
        return self.answer(tokens | {"id_token": self.stand_in.sign(tokens["id_token"])})

    def _people(self) -> None:
        told = self.stand_in.provider.handle_userinfo_request("", dict(self.headers))
        self.answer(told.to_dict())


class OpenIdIssuer(HttpStandIn):
    """Vouches for people."""

    handler = Handler

    def __init__(self) -> None:
        """Know our program as a client."""
        super().__init__()
        self.someone = "ada"
        """Who sits at the browser."""
        self.says: dict[str, object] = {}
        """What the description of itself says otherwise."""
        self.asked: list[str] = []
        """Paths."""
        self.forge: Forge | None = None
        self.key = make_key("first")
        self.signs_with: RSAKey | None = None
        """Another key than the one that is shown. None: that one."""
        self.algorithm = "RS256"
        self.provider = make_provider(self.url, self.key)

    def welcome(self, redirect_uri: str, method: str = "client_secret_basic") -> None:
        """Register our program, to which browsers are sent back at this address only."""
        self.says["token_endpoint_auth_methods_supported"] = [method]
        self.provider.clients[CLIENT_ID] = {
            "client_secret": CLIENT_SECRET,
            "redirect_uris": [redirect_uri],
            "response_types": ["code"],
            "token_endpoint_auth_method": method,
            "subject_type": "public",
        }

    def change_key(self) -> None:
        """Sign with a new key from now on, and show that one only."""
        self.key = self.provider.signing_key = make_key("second")

    def sign(self, id_token: str) -> str:
        """Sign the claims of this token again, forged if so planned."""
        claims = JWS().verify_compact(id_token, [self.key])
        if self.forge is not None:
            self.forge(claims)
        keys = [] if self.algorithm == "none" else [self.signs_with or self.key]
        return JWS(json.dumps(claims), alg=self.algorithm).sign_compact(keys)


def make_provider(url: str, key: RSAKey) -> Provider:
    """Make the provider. It insists on https, which on one machine nobody needs."""
    routes = {
        "issuer": url,
        "authorization_endpoint": f"{url}/authorize",
        "token_endpoint": f"{url}/token",
        "userinfo_endpoint": f"{url}/people",
        "jwks_uri": f"{url}/keys",
    }
    more = {
        "scopes_supported": ["openid", "profile", "email"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }
    secure = {name: url.replace("http:", "https:") for name, url in routes.items()}
    state = AuthorizationState(HashBasedSubjectIdentifierFactory("salt"))
    provider = Provider(key, secure | more, state, {}, Userinfo(PEOPLE))
    provider.configuration_information.update(routes)
    return provider


@cache
def make_key(name: str, hand: str = "issuer") -> RSAKey:
    """Make a key pair, once: that takes a second. Another hand has another key of that name."""
    return RSAKey(key=RSA.generate(2048), kid=name, use="sig", alg="RS256")


def hour_ago() -> int:
    """Seconds since 1970."""
    return int(time.time()) - 3600
