"""Reads an ID token: who signed it, for whom, in answer to what, and until when it counts.

Source: https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from authlib.common.errors import AuthlibBaseError
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

ALGORITHMS = frozenset(
    f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512)
) | {"EdDSA", "Ed25519"}
"""Signatures by a key that only the issuer has; so neither `none` nor one with a shared secret."""
USUAL_ALGORITHM = "RS256"
"""What an issuer uses that does not say what it uses."""
LEEWAY_SECONDS = 60
"""Two clocks may differ by so much."""

Claims = Mapping[str, object]


class TokenRefused(Exception):
    """The token proves nothing; says why, for the log."""


class KeyMissing(TokenRefused):
    """It is signed with a key that was not there when the keys were fetched."""


@dataclass(frozen=True)
class Expected:
    """What has to stand in the token."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str
    """That came along; the token may hold a hash of it."""


def algorithms_of(offered: object) -> tuple[str, ...]:
    """Take what is safe of the algorithms that an issuer says it uses."""
    names = offered if isinstance(offered, list) else [USUAL_ALGORITHM]
    return tuple(name for name in names if name in ALGORITHMS)


def read_id_token(
    id_token: str, keys: Claims, algorithms: tuple[str, ...], expected: Expected, now: float
) -> Claims:
    """Check a token and give what it claims.

    Args:
        id_token: a signed JWT.
        keys: the issuer's, a JSON Web Key Set.
        algorithms: of signatures that count.
        expected: what has to stand in it.
        now: seconds since 1970.

    Raises:
        KeyMissing: the key is not among these.
        TokenRefused: it proves nothing.
    """
    registry = JWSRegistry(algorithms=list(algorithms), strict_check_header=False)
    try:
        key_set = KeySet.import_key_set(keys)  # type: ignore[arg-type]  # it checks by itself
        token = jwt.decode(id_token, key_set, registry=registry)
        claims = CodeIDToken(
            token.claims,
            token.header,
            {
                "iss": {"essential": True, "value": expected.issuer},
                "aud": {"essential": True, "value": expected.client_id},
                "nonce": {"essential": True, "value": expected.nonce},
            },
            {
                "nonce": expected.nonce,
                "client_id": expected.client_id,
                "access_token": expected.access_token,
            },
        )
        claims.validate(now=int(now), leeway=LEEWAY_SECONDS)
    except InvalidKeyIdError as error:
        raise KeyMissing(str(error)) from error
    except (JoseError, AuthlibBaseError, ValueError, TypeError, KeyError) as error:
        raise TokenRefused(f"{type(error).__name__}: {error}") from error
    return dict(claims)
