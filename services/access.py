"""Who may come in: what `AUTH_MODE` and its neighbours say, and what each choice needs."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from services.environment import Environment

LOOPBACK = ("127.0.0.1", "localhost", "::1")
AUTH_MODES = ("open", "code", "oidc")
MOST_PROXIES = 9


@dataclass(frozen=True)
class Access:
    """The fields of Config that say who may come in; it documents them."""

    auth_mode: str
    allow_open: bool
    access_code: str | None
    oidc_issuer: str | None
    oidc_client_id: str | None
    oidc_client_secret: str | None
    owners: tuple[str, ...]
    trusted_proxies: int


def read_access(env: Environment, host: str) -> Access:
    """Read who may come in to a server that listens on `host`; gaps become problems of `env`."""
    access = Access(
        auth_mode=env.choice("AUTH_MODE", "open", AUTH_MODES),
        allow_open=env.flag("ALLOW_OPEN"),
        access_code=env.secret("ACCESS_CODE"),
        oidc_issuer=_issuer(env),
        oidc_client_id=env.text("OIDC_CLIENT_ID"),
        oidc_client_secret=env.secret("OIDC_CLIENT_SECRET"),
        owners=_owners(env),
        trusted_proxies=env.whole("TRUSTED_PROXIES", 0, 0, MOST_PROXIES),
    )
    env.problems.extend(_gaps(access, host))
    return access


def _issuer(env: Environment) -> str | None:
    """Read the issuer's address; what it signs is believed, so the way to it must be safe."""
    url = env.text("OIDC_ISSUER")
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        env.problems.append("OIDC_ISSUER: must begin with https://")
    return url.rstrip("/")


def _owners(env: Environment) -> tuple[str, ...]:
    names = (name.strip() for name in (env.text("OWNERS") or "").split(","))
    return tuple(name for name in names if name)


def _gaps(access: Access, host: str) -> list[str]:
    if access.auth_mode == "code" and not access.access_code:
        return ["ACCESS_CODE: must be set for AUTH_MODE=code"]
    if access.owners and access.auth_mode != "oidc":
        return ["OWNERS: only AUTH_MODE=oidc proves who somebody is, so it has no meaning here"]
    if access.auth_mode == "oidc":
        needed = {"OIDC_ISSUER": access.oidc_issuer, "OIDC_CLIENT_ID": access.oidc_client_id}
        return [f"{name}: must be set for AUTH_MODE=oidc" for name in needed if not needed[name]]
    return _open_doors(access, host)


def _open_doors(access: Access, host: str) -> list[str]:
    """Refuse to let everybody in unless that was said aloud."""
    if access.auth_mode != "open" or access.allow_open:
        return []
    cure = "set AUTH_MODE=code or AUTH_MODE=oidc, or ALLOW_OPEN=1 if that is what you want"
    if host not in LOOPBACK:
        found = f"HOST: {host} is reachable from other machines"
    elif access.trusted_proxies:
        found = "TRUSTED_PROXIES: through a proxy this server is reachable from other machines"
    else:
        return []
    return [f"{found} and AUTH_MODE=open lets everybody in; {cure}"]
