"""OpenAI's speech endpoint, until its models end on 2027-01-06."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from openai import OpenAI
from openai.types.audio.speech_create_params import Voice

from services.errors import ModelUnknown, ProviderForbidden, ProviderRejected
from services.speech.base import Utterance
from services.speech.checking import Checked
from services.speech.sound import LIMIT_BYTES, check_type
from services.upstream.houses import House
from services.upstream.http import ANSWER_SECONDS, Stream
from services.upstream.openai_api import OpenAiApi
from services.upstream.waiting import Listener

VOICES = (
    "marin", "cedar", "alloy", "ash", "ballad", "coral", "echo", "fable", "nova", "onyx", "sage",
    "shimmer", "verse",
)  # fmt: skip
"""Source: https://platform.openai.com/docs/api-reference/audio/createSpeech (`voice`)"""
FIRST_VOICES = ("alloy", "ash", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer")
"""Those of the models whose names begin with tts-1."""


class OpenAiSpeech:
    """Speaks through `/audio/speech`.

    Source: https://platform.openai.com/docs/api-reference/audio/createSpeech
    """

    name = "openai"
    speeds = (0.25, 4.0)

    def __init__(
        self,
        house: House,
        model: str,
        voice: str | None = None,
        seconds: float = ANSWER_SECONDS,
    ) -> None:
        """Speak in this house.

        Args:
            house: where the endpoint is.
            model: its name, or that of its deployment.
            voice: the usual one, also one of your own (`voice_…`); None takes the first.
            seconds: without progress, after which an answer is given up.
        """
        self._api = OpenAiApi(house, seconds, LIMIT_BYTES)
        self._seconds = seconds
        self._model = model
        known: tuple[str, ...] = FIRST_VOICES if model.startswith("tts-1") else VOICES
        own = (voice,) if voice else ()
        self._voices: tuple[str, ...] = tuple(dict.fromkeys((*own, *known)))
        self._checked = Checked(self._list_models)

    def check(self) -> None:
        """See whether the house lets us in; it is asked once a minute at most."""
        self._checked()

    def voices(self) -> Mapping[str, str]:
        """List the voices of the model, which the house itself does not."""
        return {voice: voice for voice in self._voices}

    @contextmanager
    def speak(
        self, utterance: Utterance, listener: Listener | None = None
    ) -> Iterator[Iterator[bytes]]:
        """Say something in the language in which it is written."""
        voice = to_voice(utterance.voice or self._usual_voice())
        with ExitStack() as stack:

            def ask(client: OpenAI) -> Stream:
                asked = client.audio.speech.with_streaming_response.create(
                    model=self._model,
                    input=utterance.text,
                    voice=voice,
                    speed=utterance.speed,
                    response_format=utterance.audio_format,
                )
                answer = stack.enter_context(asked).http_response
                return Stream(answer, self._seconds, LIMIT_BYTES, listener)

            sound = self._api.ask(ask, listener=listener)
            check_type(sound.content_type, utterance.audio_format)
            yield sound

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def _list_models(self) -> None:
        try:
            self._api.ask(lambda client: client.models.list())
        except (ModelUnknown, ProviderForbidden, ProviderRejected):
            return  # no list, or not for this key; but an answer

    def _usual_voice(self) -> str:
        return self._voices[0]


def to_voice(name: str) -> Voice:
    """Give a voice as the API wants it: one of your own is named by its id."""
    return {"id": name} if name.startswith("voice_") else name
