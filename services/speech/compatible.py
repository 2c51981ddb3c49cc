"""Any other server with OpenAI's `/audio/speech`, such as Kokoro-FastAPI, LocalAI or speaches."""

from __future__ import annotations

import time
from collections.abc import Mapping

from services.errors import ModelUnknown, ProviderProtocolError, ProviderRejected
from services.speech.openai import OpenAiSpeech
from services.upstream.houses import House
from services.upstream.http import ANSWER_SECONDS

VOICE = "alloy"
"""The name that such servers map to what they have, where they list none."""
OFFER_SECONDS = 60.0
"""How long a list of voices is believed."""


class CompatibleSpeech(OpenAiSpeech):
    """Speaks with whatever voices the server lists at `/audio/voices`.

    Source: https://github.com/remsky/Kokoro-FastAPI (README, "Voices"); others have taken it over.
    """

    def __init__(
        self,
        house: House,
        model: str,
        voice: str | None = None,
        seconds: float = ANSWER_SECONDS,
    ) -> None:
        """Speak on this server; see `OpenAiSpeech`."""
        super().__init__(house, model, voice, seconds)
        self._own = {voice: voice} if voice else {}
        self._listed: tuple[float, dict[str, str]] | None = None

    def voices(self) -> Mapping[str, str]:
        """List its voices; the list is kept for a minute."""
        if self._listed is None or time.monotonic() - self._listed[0] > OFFER_SECONDS:
            self._listed = (time.monotonic(), self._own | self._list())
        return self._listed[1]

    def _list(self) -> dict[str, str]:
        try:
            return read_voices(
                self._api.ask(lambda client: client.get("/audio/voices", cast_to=object))
            )
        except (ModelUnknown, ProviderProtocolError, ProviderRejected):
            return {}  # it has no list

    def _usual_voice(self) -> str:
        return next(iter(self.voices()), VOICE)


def read_voices(listing: object) -> dict[str, str]:
    """Read a list of voices in any of its usual shapes: names, or objects with id and name."""
    if isinstance(listing, dict):
        listing = listing.get("voices", listing.get("data"))
    found: dict[str, str] = {}
    for entry in listing if isinstance(listing, list) else []:
        if isinstance(entry, str):
            found[entry] = entry
        elif isinstance(entry, dict):
            name = entry.get("name")
            voice = entry.get("id") or entry.get("voice_id") or name
            if isinstance(voice, str) and voice:
                found[voice] = name if isinstance(name, str) and name else voice
    return found
