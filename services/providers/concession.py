"""What to ask for instead, when a provider cannot do all of what a session asks for. Pure.

Servers lag behind each other: a field may be new here and unknown there.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from services.providers.base import transcription_wish

LAST_TRANSCRIPTION_MODEL = "gpt-4o-mini-transcribe"
"""Tried where the usual one is refused; then the session goes without. It ends on 2027-02-26."""
KEPT = ("type", "model", "instructions", "output_modalities")
"""Without these a session would be another one than the person asked for."""
UNKNOWN = ("unknown_parameter", "unsupported_parameter")

Session = dict[str, Any]


def concede(session: Session, reason: str, param: str, message: str) -> Session | None:
    """Give the session without what was refused; None: there is nothing to give up.

    Args:
        session: what was asked for; it stays as it is.
        reason: the code of the refusal.
        param: the field it names, such as `session.audio.input.turn_detection.eagerness`.
        message: its sentence.
    """
    path = _path(param)
    heard = session.get("audio", {}).get("input", {})
    if heard.get("transcription") and _is_about_transcription(path, reason, message):
        return _with_other_transcription(session)
    if path[-2:] == ["turn_detection", "type"] and heard.get("turn_detection"):
        return _with(session, ["audio", "input", "turn_detection"], {"type": "server_vad"})
    if reason in UNKNOWN and path and path[0] not in KEPT:
        return _without(session, path)
    return None


def _path(param: str) -> list[str]:
    names = param.replace("[", ".").replace("]", "").split(".")
    return [name for name in names if name and name != "session"]


def _is_about_transcription(path: list[str], reason: str, message: str) -> bool:
    if path:
        # A field beside the model, such as the language, is given up alone.
        return path[-2:] == ["transcription", "model"] or path[-1] == "transcription"
    return "transcription" in f"{reason} {message}".lower()


def _with_other_transcription(session: Session) -> Session | None:
    path = ["audio", "input", "transcription"]
    wish = session["audio"]["input"]["transcription"]
    language = wish.get("language") or next(iter(wish.get("languages", ())), None)
    if wish["model"] != LAST_TRANSCRIPTION_MODEL:
        return _with(session, path, transcription_wish(LAST_TRANSCRIPTION_MODEL, language))
    return _without(session, path)


def _with(session: Session, path: list[str], value: object) -> Session:
    changed = deepcopy(session)
    place = changed
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return changed


def _without(session: Session, path: list[str]) -> Session | None:
    changed = deepcopy(session)
    place: Any = changed
    for name in path[:-1]:
        place = place.get(name) if isinstance(place, dict) else None
    if not isinstance(place, dict) or path[-1] not in place:
        return None
    del place[path[-1]]
    return changed
