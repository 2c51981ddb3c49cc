"""OpenAI, or a server that resembles it, as a provider.

Source: https://platform.openai.com/docs/api-reference/realtime
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, TypeVar

import openai

from services.config import Config
from services.errors import (
    KeyRefused,
    ModelUnknown,
    OfferRejected,
    ProviderError,
    ProviderForbidden,
    ProviderRefused,
    ProviderRejected,
)
from services.providers.answers import read_answer, read_models, read_secret
from services.providers.base import Answer, Capabilities, Secret, Socket
from services.providers.concession import concede
from services.upstream.houses import house_of
from services.upstream.openai_api import OpenAiApi
from services.upstream.refusals import UNREADABLE, refusal

KEY_SECONDS = 60
"""A key is minted at most this long before the click that uses it."""
CHECK_SECONDS = 30.0
"""How long a good answer to `check` is believed."""
VOICES = ("marin", "cedar", "alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse")
"""The first two are the ones that OpenAI recommends.
Source: https://platform.openai.com/docs/guides/realtime-conversations#voice-options"""
ABILITIES = Capabilities(
    voices=VOICES, images=True, priced=True, transcription_model="gpt-transcribe"
)
"""Of OpenAI's own realtime models, wherever they are served."""
UNKNOWN_ABILITIES = Capabilities(
    why_not={
        "images": "Whoever answers calls here does not say whether it can look at pictures.",
        "priced": "Nobody knows here what a call costs.",
        "voices": "Whoever answers calls here does not say which voices it has.",
    }
)
"""Of other models, behind the same API."""
OWN_MODELS = "gpt-realtime"
"""Names of OpenAI's own realtime models begin so."""
SAFETY = "OpenAI-Safety-Identifier"
CONCESSIONS = 3
"""At most, for one session: one field that is unknown, two models that do not write down."""
NO_KEYS = "If it makes no keys for browsers, CONNECT_VIA=broker does without them."

Refusal = tuple[str, str, str]
"""Reason, field and sentence."""
T = TypeVar("T")

log = logging.getLogger(__name__)


def make_openai(config: Config) -> OpenAiProvider:
    """Make it as the operator set it."""
    model = config.openai_realtime_model
    house = house_of(config, "openai", model_name="OPENAI_REALTIME_MODEL")
    abilities = ABILITIES if model.startswith(OWN_MODELS) else UNKNOWN_ABILITIES
    models = (model, *config.more_realtime_models)
    return OpenAiProvider(OpenAiApi(house), models, with_ears(abilities, config))


def with_ears(abilities: Capabilities, config: Config) -> Capabilities:
    """Let the model that the operator chose for it write down the user's words in calls, too.

    It is known there only if the same house writes down recordings.
    """
    is_same = config.transcription_provider == config.provider and (
        config.transcription_base_url in (None, config.openai_realtime_base_url)
    )
    if not is_same or config.transcription_model is None:
        return abilities
    return replace(abilities, transcription_model=config.transcription_model)


class OpenAiProvider:
    """Speaks to a house through the `openai` package."""

    def __init__(self, api: OpenAiApi, models: tuple[str, ...], abilities: Capabilities) -> None:
        """Speak through this, of these models; the first is the usual one."""
        self._api = api
        self._house = api.house
        self.name = self._house.name
        self.label = self._house.label
        self._models = models
        self.abilities = abilities
        self._checked_until = 0.0
        self._refusals: tuple[Refusal, ...] = ()
        self._takes_forms = True

    def check(self) -> None:
        """See whether it can be reached and knows our key; a good answer is kept for a while."""
        if time.monotonic() < self._checked_until:
            return
        try:
            self.models()
        except (ModelUnknown, ProviderForbidden, ProviderRejected):
            # It answers, and knows the key: other servers have no list of models, and keys may be
            # restricted to everything but that list.
            pass
        self._checked_until = time.monotonic() + CHECK_SECONDS

    def capabilities(self) -> Capabilities:
        """Say what is on offer; nobody is asked."""
        return replace(self.abilities, models=self._models)

    def models(self) -> dict[str, date | None]:
        """List all models of the house."""
        reply = self._api.ask(lambda client: client.models.with_raw_response.list())
        return read_models(reply.content)

    def mint(self, session: dict[str, object], *, safety_identifier: str) -> Secret:
        """Ask for a key that lives for a minute."""

        def ask(wish: Any, client: openai.OpenAI) -> Secret:
            reply = client.realtime.client_secrets.with_raw_response.create(
                expires_after={"anchor": "created_at", "seconds": KEY_SECONDS},
                session=wish,
                extra_headers={SAFETY: safety_identifier},
            )
            return read_secret(reply.content, KEY_SECONDS)

        try:
            return self._conceding(session, ask)
        except ModelUnknown as error:
            if self._house.is_original:
                raise
            raise ModelUnknown(f"{error} {NO_KEYS}") from error

    def connect(self, offer: bytes, *, key: str) -> Answer:
        """Hand on a browser's offer with the browser's own key."""
        sdp = _to_text(offer)
        try:
            # Without a session, the package sends the offer as it is.
            reply = self._api.ask(
                lambda client: client.realtime.calls.with_raw_response.create(
                    sdp=sdp, extra_headers={"Authorization": f"Bearer {key}"}
                )
            )
        except ProviderRefused as error:
            raise KeyRefused("The key of this call is not valid any more. Try again.") from error
        except ProviderRejected as error:
            raise OfferRejected(str(error)) from error
        return read_answer(reply.content, reply.headers.get("location"))

    def broker(self, offer: bytes, session: dict[str, object], *, safety_identifier: str) -> Answer:
        """Hand on a browser's offer with the server's key."""
        sdp = _to_text(offer)
        headers = {SAFETY: safety_identifier}

        def ask(wish: Any, client: openai.OpenAI) -> Answer:
            reply = client.realtime.calls.with_raw_response.create(
                sdp=sdp, session=wish, extra_headers=headers
            )
            return read_answer(reply.content, reply.headers.get("location"))

        try:
            if not self._takes_forms:
                return self._offer_alone(sdp, session, headers)
            return self._conceding(session, ask)
        except ProviderRejected as error:
            if error.reason == UNREADABLE and self._takes_forms and not self._house.is_original:
                self._takes_forms = False
                return self.broker(offer, session, safety_identifier=safety_identifier)
            if "sdp" in f"{error.param} {error}".lower():
                raise OfferRejected(str(error)) from error
            raise

    def socket(self, session: dict[str, object], *, safety_identifier: str) -> Socket:
        """Say where a call is held over a WebSocket."""
        url = self._house.websocket_url("/realtime", {"model": str(session["model"])})
        return Socket(url, {**self._house.sign_in(), SAFETY: safety_identifier})

    def refusal(self, status: int, code: str, message: str) -> ProviderError:
        """Say what a refused WebSocket means."""
        return refusal(self._house, status, code, message)

    def hang_up(self, provider_call_id: str) -> None:
        """End a call; that it is not there means that it is over already."""
        with suppress(ModelUnknown):
            self._api.ask(
                lambda client: client.realtime.calls.with_raw_response.hangup(provider_call_id)
            )

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def _offer_alone(self, sdp: str, session: dict[str, object], headers: dict[str, str]) -> Answer:
        """Hand on an offer to a server that reads no forms: as it is, or else as JSON.

        So do Hugging Face's speech-to-speech and LocalAI.
        """
        try:
            reply = self._api.ask(
                lambda client: client.realtime.calls.with_raw_response.create(
                    sdp=sdp, extra_headers=headers
                )
            )
            answer = read_answer(reply.content, reply.headers.get("location"))
        except ProviderRejected as error:
            if error.reason != UNREADABLE:
                raise
            wish = {"sdp": sdp, "model": session["model"]}
            answer = read_answer(self._api.post("/realtime/calls", wish), None)
        return replace(answer, knows_session=False)

    def _conceding(self, session: dict[str, object], ask: Callable[[Any, openai.OpenAI], T]) -> T:
        """Ask for a session, and then for less if something in it is not to be had here.

        What was refused once is not asked for again by this process.
        """
        refusals = list(self._refusals)
        wish: dict[str, Any] = session
        for known in refusals:
            wish = concede(wish, *known) or wish
        # One deadline for all attempts together.
        with self._api.asking():
            for _ in range(CONCESSIONS):
                try:
                    return self._api.ask(partial(ask, wish))
                except ProviderRejected as error:
                    refused = (error.reason, error.param, str(error))
                    less = concede(wish, *refused)
                    if less is None:
                        raise
                    log.warning("%s: asking again without %s", self.name, error.param or error)
                    wish = less
                    refusals.append(refused)
                    self._refusals = tuple(refusals)
            return self._api.ask(partial(ask, wish))


def _to_text(offer: bytes) -> str:
    try:
        return offer.decode()
    except UnicodeDecodeError as error:
        raise OfferRejected("The offer is not an SDP that can be read.") from error
