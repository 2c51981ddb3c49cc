"""What the stand-ins for services that speak share: strictness, and one sound."""

from __future__ import annotations

from collections.abc import Mapping

from tests.providers.http_stand_in import HttpStandIn, StandInHandler
from tests.providers.stand_in_audio import Audio


class StandInHouse(HttpStandIn):
    """One service."""

    formats: Mapping[str, str]
    """What the service calls each of our formats; without those that it does not have."""
    voices: Mapping[str, str]
    """Ids and names that it offers through our adapter, the usual one first."""

    def __init__(self) -> None:
        super().__init__()
        self.audio = Audio()
        self.complaints: list[str] = []
        """Why requests were refused, in order; not those that a test wished."""


class HouseHandler(StandInHandler):
    """One connection."""

    stand_in: StandInHouse

    def refuse(self, status: int, message: str, code: str = "") -> None:
        """Refuse what the service would refuse."""
        self.stand_in.complaints.append(message)
        self.answer(self.stand_in.error(message, code), status)
