"""Makes the ears that the operator chose."""

from __future__ import annotations

from services.config import Config
from services.transcription.base import Transcription
from services.transcription.engine import EngineTranscription
from services.upstream.engine_api import EngineApi
from services.upstream.houses import House, house_of

MODEL = "gpt-transcribe"
"""Where `TRANSCRIPTION_MODEL` names none; on Azure the deployment must be called so then."""
MODEL_ELSEWHERE = "whisper-1"
"""The name that every compatible server knows."""
OWN_MODELS = "gpt-realtime"
"""Names of OpenAI's own realtime models begin so."""


def make_transcription(config: Config, engine: EngineApi) -> Transcription:
    """Make those that `TRANSCRIPTION_PROVIDER` names.

    `azure` differs by its address, its key and by what a model is called; any compatible server is
    `openai` with a `TRANSCRIPTION_BASE_URL`.
    """
    house = transcription_house(config)
    if house is None:
        return EngineTranscription(engine)
    # They load the `openai` package, which takes a second that nobody else has to wait.
    from services.transcription.openai import OpenAiTranscription
    from services.upstream.openai_api import OpenAiApi

    api, model = OpenAiApi(house), model_of(config, house)
    return OpenAiTranscription(house.name, api, model, paid_as=paid_as(model, house))


def transcription_house(config: Config) -> House | None:
    """Give the house that writes down; None: the engine does."""
    if config.transcription_provider == "engine":
        return None
    return house_of(
        config,
        config.transcription_provider,
        base_url=config.transcription_base_url,
        key=config.transcription_api_key,
        model_name="TRANSCRIPTION_MODEL",
    )


def paid_as(model: str, house: House) -> str:
    """Name a model as prices know it: a server elsewhere gives the usual names to its own."""
    return model if house.is_original else f"{model} elsewhere"


def model_of(config: Config, house: House) -> str:
    """Name the model that writes down in a house."""
    if config.transcription_model:
        return config.transcription_model
    # A gateway that has OpenAI's models for calls has those that write down, too.
    is_gateway = (
        house.base_url == config.openai_realtime_base_url
        and config.openai_realtime_model.startswith(OWN_MODELS)
    )
    return MODEL if house.is_original or is_gateway else MODEL_ELSEWHERE
