"""Has the model guard look at the start and once a day, and keeps what it found."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime

from services.config import Config
from services.providers.base import Provider
from services.providers.guard import Finding, ModelGuard, WantedModel
from services.speech.catalog import model_of as speech_model_of
from services.speech.catalog import speech_house
from services.transcription.catalog import model_of, transcription_house
from services.upstream.houses import House, house_of

PERIOD_SECONDS = 24 * 60 * 60.0

log = logging.getLogger(__name__)


class ModelWatch:
    """One for the process. Without models to watch it does nothing."""

    def __init__(self, guard: ModelGuard) -> None:
        """Prepare; `start` has it look."""
        self._guard = guard
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="model watch", daemon=True)
        self.findings: tuple[Finding, ...] = ()
        """Of the last look."""

    @property
    def is_needed(self) -> bool:
        """Tell whether there are models to watch."""
        return self._guard.is_needed

    def start(self) -> None:
        """Look now and from day to day."""
        if self._guard.is_needed:
            self._thread.start()

    def stop(self) -> None:
        """End the thread; may be called twice."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                self.findings = self._guard.look()
            except Exception:
                log.exception("the models could not be compared")
            if self._stopping.wait(PERIOD_SECONDS):
                return


def watch_models(config: Config, provider: Provider) -> ModelWatch:
    """Make the watch over the models of this configuration."""
    guard = ModelGuard(wanted_models(config), provider.models, lambda: datetime.now(UTC).date())
    return ModelWatch(guard)


def wanted_models(config: Config) -> tuple[WantedModel, ...]:
    """Name the models that calls, reading aloud and writing down depend on."""
    wanted = [*_of_calls(config), _of_speech(config), _of_transcription(config)]
    return tuple(each for each in wanted if each is not None)


def _of_calls(config: Config) -> list[WantedModel]:
    if config.provider == "azure":
        names = (config.azure_openai_deployment_name or "", *config.more_realtime_models)
        setting = "AZURE_OPENAI_DEPLOYMENT_NAME"
        return [WantedModel(setting, name, "azure", is_listed=False) for name in names]
    if config.provider == "openai":
        setting = "OPENAI_REALTIME_MODEL"
        house = house_of(config, "openai", model_name=setting)
        names = (config.openai_realtime_model, *config.more_realtime_models)
        return [_wanted(setting, name, house, is_listed=True) for name in names]
    return []


def _of_speech(config: Config) -> WantedModel | None:
    house = speech_house(config)
    if house is None:
        return None
    model = speech_model_of(config, house)
    if model == config.azure_openai_deployment_name:
        return None  # It answers calls, too, and was looked at for that.
    return _wanted("SPEECH_MODEL", model, house, is_listed=_is_of_calls(config, house))


def _of_transcription(config: Config) -> WantedModel | None:
    house = transcription_house(config)
    if house is None:
        return None
    model = model_of(config, house)
    return _wanted("TRANSCRIPTION_MODEL", model, house, is_listed=_is_of_calls(config, house))


def _is_of_calls(config: Config, house: House) -> bool:
    """Tell whether the provider's list is the list of this house, too."""
    return config.provider == "openai" and house.base_url == config.openai_realtime_base_url


def _wanted(setting: str, model: str, house: House, *, is_listed: bool) -> WantedModel:
    if house.name == "azure":
        return WantedModel(setting, model, "azure", is_listed=False)
    return WantedModel(setting, model, "openai" if house.is_original else None, is_listed)
