"""Makes the book of calls that the operator's words describe."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from services.calls.book import CallBook
from services.calls.switchboard import FREE, Switchboard
from services.calls.terms import Rules
from services.config import Config
from services.providers.base import Provider
from services.speech.catalog import paid_as as voice_paid_as
from services.speech.catalog import speech_house
from services.storage.database import Database
from services.storage.limits import CallLimits
from services.transcription.catalog import model_of as ears_model
from services.transcription.catalog import paid_as as ears_paid_as
from services.transcription.catalog import transcription_house
from services.usage.prices import price_of

log = logging.getLogger(__name__)


def make_book(
    config: Config,
    database: Database,
    provider: Provider,
    spare: Provider | None,
    clock: Callable[[], datetime],
) -> CallBook:
    """Make the book.

    Args:
        config: what the operator set.
        database: where the book is kept.
        provider: answers calls.
        spare: the engine, where it runs besides the provider; it answers once the money is spent.
        clock: gives the time in UTC.
    """
    budget = config.daily_budget_usd
    rules = Rules(
        modes=config.modes,
        connect_via=config.connect_via,
        call_seconds=60 * config.call_max_minutes,
        day_seconds=60 * config.daily_minutes_per_user,
        limits=CallLimits(config.calls_per_user, config.mints_per_minute),
        day_micro_usd=None if budget is None else int(budget * 1_000_000),
    )
    if budget is not None:
        for model in dict.fromkeys(_paid_models(config, provider)):
            if price_of("", model) is None:
                log.warning("DAILY_BUDGET_USD: the price of %s is not known: not counted", model)
    return CallBook(database, Switchboard(provider, spare, config.modes), rules, clock)


def _paid_models(config: Config, provider: Provider) -> list[str]:
    """Name all models but the engine's, as prices know them."""
    paid = []
    if provider.name != FREE:
        azure = config.azure_openai_deployment_name if config.provider == "azure" else None
        paid += [azure or config.openai_realtime_model, *config.more_realtime_models]
        paid.append(provider.abilities.transcription_model)
    ears = transcription_house(config)
    if ears is not None:
        paid.append(ears_paid_as(ears_model(config, ears), ears))
    if config.speech_provider not in (FREE, "browser"):
        paid.append(voice_paid_as(config, speech_house(config)))
    return paid
