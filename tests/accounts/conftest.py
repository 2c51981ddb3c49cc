"""An OpenID provider, and the program that asks it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.accounts.issuer import CLIENT_ID, CLIENT_SECRET, OpenIdIssuer
from tests.web.conftest import clock, engine, make_app
from tests.web.visitor import ORIGIN

__all__ = ["clock", "engine", "make_app"]


@pytest.fixture
def issuer() -> Iterator[OpenIdIssuer]:
    with OpenIdIssuer() as running:
        running.welcome(f"{ORIGIN}/sign-in/callback")
        yield running


@pytest.fixture
def app(make_app, issuer, tmp_path: Path) -> Flask:
    return make_app(
        auth_mode="oidc",
        oidc_issuer=issuer.url,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=CLIENT_SECRET,
        owners=("ada@example.com",),
    )
