"""Azure OpenAI as a provider: OpenAI's own API (v1) at an address and with keys of Azure.

Source: https://learn.microsoft.com/azure/ai-foundry/openai/how-to/realtime-audio-webrtc
"""

from __future__ import annotations

from dataclasses import replace

from services.config import Config
from services.providers.openai import ABILITIES, OpenAiProvider, with_ears
from services.upstream.houses import house_of
from services.upstream.openai_api import OpenAiApi

UNPRICED = "What a call costs depends on the region and the contract with Azure."


def make_azure(config: Config) -> OpenAiProvider:
    """Make it as the operator set it; a deployment stands in place of a model."""
    house = house_of(config, "azure", model_name="AZURE_OPENAI_DEPLOYMENT_NAME")
    abilities = replace(ABILITIES, priced=False, why_not={"priced": UNPRICED})
    # None cannot come: config.py refuses Azure without a deployment.
    deployments = (config.azure_openai_deployment_name or "", *config.more_realtime_models)
    return OpenAiProvider(OpenAiApi(house), deployments, with_ears(abilities, config))
