"""The port: what the model may call, and for whom it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Caller:
    """The person for whom a tool works, with that person's own rights and no others."""

    user_id: str
    time_zone: str | None = None
    """IANA name, as the person's browser says it; None: not said."""
    conversation_id: str | None = None
    """The one that goes on, whose words the model knows; None: there is none any more."""


@dataclass(frozen=True)
class Tool:
    """Something that the model may call."""

    name: str
    """At most 64 letters, digits, _ and -; unique."""
    title: str
    """For people."""
    description: str
    """For the model: what it does and when it is of use."""
    parameters: Mapping[str, object]
    """JSON schema of an object."""
    run: Callable[[Mapping[str, object], Caller], object]
    """Do it. Gives text, or what JSON can say.

    Raises:
        ToolFailed: it did not come about; the message is for the model.
    """
    needs_approval: bool = False
    """The person has to allow each call."""

    def to_session(self) -> dict[str, object]:
        """Give it as a session object lists it.

        Source: https://platform.openai.com/docs/api-reference/realtime-client-events/session
        """
        return {
            "type": "function",
            "name": self.name,
            "description": self.description,
            "parameters": dict(self.parameters),
        }

    def to_page(self) -> dict[str, object]:
        """Give what the page must know of it."""
        return {"name": self.name, "title": self.title, "needs_approval": self.needs_approval}
