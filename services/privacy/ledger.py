"""Where the sound and the text of a turn went. Pure; the page says who heard or spoke it.

Sound goes to whoever makes words of it, or comes from whoever makes it. Words go to this server,
which keeps them, to the provider, which answers, and to whoever reads them aloud.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

SOUNDS = ("provider", "relay", "server", "stand-in", "browser", "device", "none")
"""Who made words of a turn's sound, or sound of its words, as the page tells it: the provider
directly, or through this server; this server; this server with the voice of its engine in place of
the chosen one; a service of the browser's maker; the device by itself; nobody, since it was typed
or is only read."""
ENGINE = "engine"
"""The provider that answers where another one may not or cannot."""


@dataclass(frozen=True)
class Place:
    """Somewhere that something of a turn went."""

    what: str
    """`sound` or `text`."""
    where: str
    """`device`, `browser` (its maker's service), `server` (this one) or `provider`."""
    name: str
    """For people: who that is."""
    region: str
    """Where that is, as far as its address tells; empty if it is not known."""
    kept: bool
    """It is kept there by us; what others keep is theirs to say."""


@dataclass(frozen=True)
class Party:
    """Somebody that this server hands something on to."""

    where: str
    """`server` or `provider`."""
    name: str
    region: str


DEVICE = Place("sound", "device", "this device", "", False)
MAKER = Place("sound", "browser", "the maker of the browser", "", False)
HERE = Party("server", "this server", "")


@dataclass(frozen=True)
class Ledger:
    """Who takes part in what, with this configuration."""

    provider: Party
    """Answers."""
    is_engine: bool
    """The provider is the engine."""
    engine: Party
    """Answers once the day's money is used up, and speaks for a voice that fails."""
    thinker: Party | None
    """Thinks for the engine in place of its own model; None: nobody does."""
    voice: Party | None
    """Reads aloud in text mode; None: each browser for itself."""
    ears: Party
    """Write down what browsers cannot."""

    def entry(self, role: str, sound: str, answered_by: str) -> str:
        """Give the places of one turn, as they are stored.

        Args:
            role: `user` or `assistant`.
            sound: one of SOUNDS.
            answered_by: name of the provider of its call.
        """
        return json.dumps([asdict(place) for place in self.places(role, sound, answered_by)])

    def places(self, role: str, sound: str, answered_by: str) -> list[Place]:
        """Name all places, of the sound first."""
        if answered_by == ENGINE and not self.is_engine:
            # For want of money, so that the chosen voice is not asked either.
            voice = self.engine if sound == "stand-in" else self.voice
            there = replace(self, provider=self.engine, is_engine=True, voice=voice)
            return there.places(role, sound, answered_by)
        text = [Place("text", "server", HERE.name, "", True), _of("text", self.provider)]
        if self.is_engine and self.thinker is not None:
            text.append(_of("text", self.thinker))
        if role == "assistant":
            text += [_of("text", voice) for voice in self._voices(sound)]
            if sound == "browser":
                text.append(Place("text", "browser", MAKER.name, "", False))
        return _without_repetition([*self._of_sound(role, sound), *text])

    def _of_sound(self, role: str, sound: str) -> list[Place]:
        if sound == "provider":
            return [_of("sound", self.provider)]
        if sound == "relay":
            return [_of("sound", HERE), _of("sound", self.provider)]
        if sound in ("server", "stand-in"):
            others = [self.ears] if role == "user" else self._voices(sound)
            return [_of("sound", party) for party in (HERE, *others)]
        if sound == "browser":
            return [MAKER]
        return [DEVICE] if sound == "device" else []

    def _voices(self, sound: str) -> list[Party]:
        """Name who may have read aloud; a voice that failed has got the words all the same."""
        voices = {"server": [self.voice], "stand-in": [self.voice, self.engine]}.get(sound, [])
        return [voice for voice in voices if voice is not None]


def usual_sound(role: str, mode: str) -> str:
    """Say who had the sound of a turn where the page does not tell: the most that can be."""
    if mode == "native":
        return "provider"
    return "browser" if role == "user" else "server"


def read_places(stored: str | None) -> list[Place]:
    """Read what `entry` wrote; nothing was noted of turns from before that."""
    if not stored:
        return []
    rows: list[Mapping[str, object]] = json.loads(stored)
    return [
        Place(str(row["what"]), str(row["where"]), str(row["name"]), str(row["region"]),
              row["kept"] is True)
        for row in rows
    ]  # fmt: skip


def _of(what: str, party: Party) -> Place:
    is_kept = what == "text" and party.where == "server"
    return Place(what, party.where, party.name, party.region, is_kept)


def _without_repetition(places: list[Place]) -> list[Place]:
    return list(dict.fromkeys(places))
