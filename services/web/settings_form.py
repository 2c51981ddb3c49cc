"""What the settings page shows of each setting: the choices that are really there, or why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.calls.session import SESSION_FIELDS, ModeOffer, choose_mode
from services.errors import AssistantError, InvalidField
from services.providers.base import Capabilities
from services.setting import Setting, Value
from services.settings import SECTIONS, TABLE, Settings
from services.web.parts import parts

NO_SPEECH = "This server reads nothing aloud; your browser does, with a voice of its own."
NOT_OFFERED = "Whoever answers calls here cannot do this."
LIMITED = {"turn_detection": "turn_detection", "transport": "transports"}
"""Settings of which a provider may offer less, and the field of Capabilities that says what."""
SPEEDS = "The voice in text + voice goes from {:g} to {:g}; what is beyond is said at that."
UNHEARD = "It can be heard in a call only: the service that reads aloud here does not have it."


@dataclass(frozen=True)
class Voices:
    """Voices that may be chosen."""

    names: Mapping[str, str] = field(default_factory=dict)
    """Each voice with its name for people, the default first; empty if they cannot be listed."""
    reason: str = ""
    """Why they cannot, for people; may be empty."""


@dataclass(frozen=True)
class Offer:
    """What this server can do at this moment."""

    modes: tuple[ModeOffer, ...]
    abilities: Capabilities
    voices: Mapping[str, Voices]
    """By the setting that chooses one of them."""
    speeds: tuple[float, float] | None = None
    """Of the voice in text mode; None: browsers speak."""

    def check(self, changes: Mapping[str, Value]) -> None:
        """Refuse what nobody here can do.

        Raises:
            InvalidField: with the reason.
        """
        for name, value in changes.items():
            for option in _options(TABLE[name], value, self):
                if option.value == value and option.reason:
                    raise InvalidField(name, option.reason)


@dataclass(frozen=True)
class Option:
    """Something to choose."""

    value: str
    """Empty: no choice."""
    label: str
    reason: str = ""
    """Why it cannot be chosen; empty if it can."""


@dataclass(frozen=True)
class Field:
    """One setting, as it stands in the form."""

    setting: Setting
    value: Value | object
    """As stored, or as somebody sent it if it was not taken."""
    options: tuple[Option, ...]
    applies: str
    """From when on a change counts here: `now` or `next-call`."""
    reason: str
    """Why there is less to choose than one would expect; may be empty."""
    hear: str
    """Voice with which one can hear how it will sound; may be empty."""
    problem: str
    """Why the value was not taken; may be empty."""


def look_around() -> Offer:
    """Ask everybody what they can do; whoever does not answer gives the reason."""
    speech, provider = parts().speech, parts().provider
    try:
        names = provider.capabilities().voices
        why_not = "" if names else provider.abilities.why_not.get("voices", "")
        native = Voices({voice: voice for voice in names}, why_not)
    except AssistantError as error:
        native = Voices(reason=str(error))
    try:
        text = Voices(speech.voices()) if speech else Voices(reason=NO_SPEECH)
    except AssistantError as error:
        text = Voices(reason=str(error))
    voices = {"voice_native": native, "voice_text": text}
    speeds = speech.speeds if speech else None
    return Offer(parts().book.modes(), provider.abilities, voices, speeds)


def make_field(name: str, value: object, offer: Offer, problem: str = "") -> Field:
    """Prepare one setting for the page."""
    setting = TABLE[name]
    if name == "mode":
        value = choose_mode(None, str(value), offer.modes)
    options = _options(setting, value, offer)
    reason = offer.voices[name].reason if setting.kind == "voice" else ""
    hear = _heard_as(setting, value, offer) if setting.kind == "voice" else ""
    if setting.kind == "voice" and not hear and not reason and offer.voices["voice_text"].names:
        reason = UNHEARD
    if name == "speed":
        reason = _speed_limits(setting, offer)
    return Field(setting, value, options, _applies(setting, offer), reason, hear, problem)


def make_sections(
    settings: Settings, offer: Offer, refused: Mapping[str, tuple[object, str]]
) -> dict[str, list[Field]]:
    """Give all fields by heading; `refused` are values that were not taken, with the problem."""
    made: dict[str, list[Field]] = {}
    for heading, section in SECTIONS.items():
        made[heading] = []
        for name in (setting.name for setting in section):
            value, problem = refused.get(name, (getattr(settings, name), ""))
            made[heading].append(make_field(name, value, offer, problem))
    return made


def _options(setting: Setting, value: object, offer: Offer) -> tuple[Option, ...]:
    if setting.name == "mode":
        return tuple(Option(mode.name, mode.label, mode.reason) for mode in offer.modes)
    if setting.kind == "voice":
        return _voice_options(offer.voices[setting.name].names, value)
    if setting.kind == "language":
        languages = sorted(setting.choices.items(), key=lambda each: each[1].casefold())
        return (Option("", "Any"), *(Option(code, name) for code, name in languages))
    ability = LIMITED.get(setting.name, "")
    offered = ("auto", *getattr(offer.abilities, ability)) if ability else setting.choices
    why_not = offer.abilities.why_not.get(ability, NOT_OFFERED)
    return tuple(
        Option(name, label, "" if name in offered else why_not)
        for name, label in setting.choices.items()
    )


def _voice_options(names: Mapping[str, str], value: object) -> tuple[Option, ...]:
    if not names:
        return ()
    usual = next(iter(names.values()))
    options = [Option("", f"Usual ({usual})"), *(Option(*voice) for voice in names.items())]
    if value and value not in names:
        gone = "This voice is not here any more; the usual one speaks instead."
        options.append(Option(str(value), str(value), gone))
    return tuple(options)


def _speed_limits(setting: Setting, offer: Offer) -> str:
    """Say how far the voice of text mode goes, if that is less than may be chosen."""
    slowest, fastest = offer.speeds or (setting.low, setting.high)
    if slowest <= setting.low and fastest >= setting.high:
        return ""
    return SPEEDS.format(slowest, fastest)


def _heard_as(setting: Setting, value: object, offer: Offer) -> str:
    """Name the voice that reads a sample aloud, if it can."""
    names = offer.voices[setting.name].names
    voice = str(value or next(iter(names), ""))
    return voice if voice in offer.voices["voice_text"].names else ""


def _applies(setting: Setting, offer: Offer) -> str:
    """Say from when on a change counts, with this provider."""
    frozen = {
        name
        for field, names in SESSION_FIELDS.items()
        if field not in offer.abilities.live
        for name in names
    }
    return "next-call" if setting.name in frozen else setting.applies
