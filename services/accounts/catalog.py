"""Makes what the configuration asks for: who knows people, and who vouches for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from services.accounts.people import People
from services.config import Config
from services.storage.database import Database

if TYPE_CHECKING:
    from services.accounts.issuer import Issuer

Clock = Callable[[], datetime]


def make_people(config: Config, database: Database, clock: Clock) -> People | None:
    """Give who knows people; None if everybody is let in."""
    if config.auth_mode == "open":
        return None
    issuer = config.oidc_issuer if config.auth_mode == "oidc" else None
    return People(database, issuer, config.owners, clock)


def make_issuer(config: Config, clock: Clock) -> Issuer | None:
    """Give who vouches for people; None if nobody does."""
    if config.auth_mode != "oidc" or config.oidc_issuer is None or config.oidc_client_id is None:
        return None
    # Loading what reads signatures takes a tenth of a second, and few servers need it.
    from services.accounts.issuer import Issuer
    from services.accounts.issuer_routes import Client

    client = Client(config.oidc_client_id, config.oidc_client_secret)
    return Issuer(config.oidc_issuer, client, clock)
