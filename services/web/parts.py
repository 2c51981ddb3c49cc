"""What views work with: made once in the factory, found through the running program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Flask, current_app

from services.accounts.people import People
from services.calls.book import CallBook
from services.calls.relays import Relays
from services.calls.sweeper import Sweeper
from services.config import Config
from services.privacy.eraser import Eraser
from services.privacy.ledger import Ledger
from services.providers.base import Provider
from services.settings import Settings
from services.speech.ladder import Ladder
from services.storage.database import Database
from services.storage.settings import load_settings
from services.tools.toolbox import ToolBox
from services.transcription.base import Transcription
from services.web.housekeeping import Housekeeping
from services.web.model_watch import ModelWatch
from services.web.stopping import Stopping
from services.web.threads import RELAYS

if TYPE_CHECKING:
    from services.accounts.issuer import Issuer


def utc_now() -> datetime:
    """Give the time of this moment."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Parts:
    """One of each for the process."""

    config: Config
    database: Database
    provider: Provider
    book: CallBook
    sweeper: Sweeper
    speech: Ladder | None
    """None: browsers read aloud for themselves."""
    transcription: Transcription
    models: ModelWatch
    tools: ToolBox
    ledger: Ledger
    eraser: Eraser
    housekeeping: Housekeeping
    clock: Callable[[], datetime] = utc_now
    people: People | None = None
    """None: everybody is let in, and known by their browser only."""
    issuer: Issuer | None = None
    """None: no OpenID provider knows people."""
    relays: Relays = field(default_factory=lambda: Relays(RELAYS))
    stopping: Stopping = field(default_factory=Stopping)

    def settings_of(self, user_id: str) -> Settings:
        """Give what this person chose.

        Raises:
            StorageUnavailable: the database did not answer.
        """
        with self.database.read() as session:
            return load_settings(session, user_id)


def install(app: Flask, parts: Parts) -> None:
    """Let views of this program find the parts."""
    app.extensions["vivavoce"] = parts


def parts() -> Parts:
    """Give the parts of the program that answers this request."""
    found: Parts = current_app.extensions["vivavoce"]
    return found
