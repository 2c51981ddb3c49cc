"""Azure OpenAI's speech endpoint: the same, with the name of a deployment as model."""

from __future__ import annotations

from services.speech.openai import OpenAiSpeech


class AzureSpeech(OpenAiSpeech):
    """Speaks through `/openai/v1/audio/speech` of a resource.

    Source: https://learn.microsoft.com/azure/ai-foundry/openai/text-to-speech-quickstart
    """

    name = "azure"
