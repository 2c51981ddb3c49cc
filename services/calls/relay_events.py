"""The few events of the Realtime API that a relay knows; it passes on all others unread. Pure.

Source: https://platform.openai.com/docs/api-reference/realtime-server-events
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping

from services.calls.outbox import Goodbye
from services.errors import AssistantError, CallEnded, ProviderBusy
from services.providers.concession import concede
from services.usage.report import REPLY, TRANSCRIPTION

ALIVE = '{"type":"relay.alive"}'
"""Sent into silence: a browser is not told of pings, and would take a dead network for a pause."""
CONCESSIONS = 3
"""At most, for one session: one field that is unknown, two models that do not write down."""
SOUND = re.compile(r'"type"\s*:\s*"response\.(?:output_)?audio\.delta"')
"""No text of the event can look like this: quotation marks within it are escaped."""
USAGE = re.compile(r'"usage"\s*:\s*\{')
"""No text of the event can look like this, either."""
RESTART = Goodbye(1012, "this server restarts")


def is_sound(event: str) -> bool:
    """Say whether this is a piece of the voice, which may be dropped if it must be."""
    return SOUND.search(event) is not None


def usage_in(event: str) -> dict[str, object] | None:
    """Read an event that may tell what was used; None: it does not."""
    told = _parsed(event) if USAGE.search(event) is not None else {}
    return told if told.get("type") in (REPLY, TRANSCRIPTION) else None


def error_event(error: AssistantError) -> str:
    """Tell a failure of ours as the provider tells its own."""
    told = {
        "type": "server_error",
        "code": error.code,
        "message": str(error),
        "param": None,
        "event_id": None,
    }
    return json.dumps({"type": "error", "event_id": _event_id(), "error": told})


def goodbye_after(error: AssistantError) -> Goodbye:
    """Say how the browser's socket is closed after this failure."""
    if isinstance(error, CallEnded):
        return Goodbye(1000, error.code)
    return Goodbye(1013 if isinstance(error, ProviderBusy) else 1011, error.code)


def goodbye_like(code: int) -> Goodbye:
    """Close as the provider did, as far as a server may say so.

    Source: https://www.rfc-editor.org/rfc/rfc6455#section-7.4
    """
    is_sayable = code in (1000, 1001) or 3000 <= code <= 4999
    return Goodbye(code if is_sayable else 1011, "the provider closed")


class SessionSetup:
    """Applies the session of a call, and asks for less if the provider refuses a field."""

    def __init__(self, session: Mapping[str, object]) -> None:
        """Ask for this session; its model is in the address of the socket already."""
        self._session = {name: value for name, value in session.items() if name != "model"}
        self._event_id = _event_id()
        self._concessions = 0
        self.is_settled = False
        """The provider has answered, one way or the other."""

    def update(self) -> str:
        """Give the event that asks for it."""
        wish = {"type": "session.update", "event_id": self._event_id, "session": self._session}
        return json.dumps(wish)

    def hear(self, event: str) -> str | None:
        """Hear an event of the provider; give another wish to send, unknown to the browser.

        None: it is no refusal, or one that nothing can be done about.
        """
        told = _parsed(event)
        if told.get("type") == "session.updated":
            self.is_settled = True
        error = told.get("error")
        if told.get("type") != "error" or not isinstance(error, dict):
            return None
        if error.get("event_id") not in (self._event_id, None):
            return None
        self.is_settled = True
        code, param, message = (error.get(name) for name in ("code", "param", "message"))
        less = concede(self._session, str(code or ""), str(param or ""), str(message or ""))
        if less is None or self._concessions == CONCESSIONS:
            return None
        self._session, self._event_id = less, _event_id()
        self._concessions += 1
        self.is_settled = False
        return self.update()


def refusal_in(event: str) -> tuple[str, str] | None:
    """Read code and message of an `error` event; None: it is another one."""
    told = _parsed(event)
    error = told.get("error")
    if told.get("type") != "error" or not isinstance(error, dict):
        return None
    return str(error.get("code") or ""), str(error.get("message") or "")


def _parsed(event: str) -> dict[str, object]:
    """Read an event; {}: it is not one."""
    try:
        told = json.loads(event)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _event_id() -> str:
    return f"event_relay_{secrets.token_hex(8)}"
