"""Conversation items: what a client may create, how they look, what the model reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from services.engine.errors import ProtocolError
from services.engine.protocol.checks import (
    Check,
    bad,
    integer,
    list_of,
    one_of,
    plain_object,
    record,
    text,
)
from services.engine.protocol.ids import new_id
from services.engine.stages import Message, ToolCall

Kind = Literal["message", "function_call", "function_call_output"]
Status = Literal["in_progress", "completed", "incomplete"]


@dataclass(frozen=True)
class Clause:
    """A stretch of a reply's words with its place in the reply's sound."""

    text: str
    start_ms: int
    end_ms: int


@dataclass
class Item:
    """One entry of a conversation."""

    id: str
    kind: Kind
    role: Literal["system", "user", "assistant"] | None = None
    """Only with kind "message"."""
    text: str = ""
    """Words of a message, output of a function call."""
    spoken: bool = False
    """The words are the transcript of sound."""
    transcribed: bool = True
    """False while it is not yet known what was said."""
    tool_call: ToolCall | None = None
    """With kind "function_call"; a "function_call_output" names the same call_id."""
    status: Status = "completed"
    seconds: float = 0.0
    """Length of a spoken turn of the user."""
    clauses: list[Clause] = field(default_factory=list)
    """Of a spoken reply, in order."""
    made_ms: float = 0.0
    """Length of a spoken reply's sound so far; it comes ahead of the clause that it belongs to."""
    response_id: str | None = None
    """The response that made this item."""

    @property
    def sound_ms(self) -> int:
        """Length of a spoken reply's sound."""
        return max(round(self.made_ms), self.clauses[-1].end_ms if self.clauses else 0)

    def cut_at(self, heard_ms: int) -> None:
        """Keep of a spoken reply only the words that were heard."""
        self.text = heard_words(self.clauses, heard_ms)
        self.clauses = [clause for clause in self.clauses if clause.start_ms < heard_ms]
        self.made_ms = min(self.made_ms, heard_ms)

    def to_wire(self) -> dict[str, Any]:
        """The item as events show it; sound itself is never kept, so never shown."""
        wire: dict[str, Any] = {
            "id": self.id,
            "object": "realtime.item",
            "type": self.kind,
            "status": self.status,
        }
        if self.kind == "message":
            return wire | {"role": self.role, "content": self._content()}
        call = self.tool_call
        assert call is not None, "every other kind belongs to a call"
        if self.kind == "function_call":
            return wire | {"name": call.name, "call_id": call.call_id, "arguments": call.arguments}
        return wire | {"call_id": call.call_id, "output": self.text}

    def _content(self) -> list[dict[str, Any]]:
        if self.role == "assistant":
            if self.spoken:
                return [{"type": "output_audio", "transcript": self.text}]
            return [{"type": "output_text", "text": self.text}]
        if self.spoken:
            return [{"type": "input_audio", "transcript": self.text if self.transcribed else None}]
        return [{"type": "input_text", "text": self.text}]

    def to_message(self) -> Message | None:
        """What the model reads; None for nothing, such as a cough that had no words."""
        if self.kind == "function_call" and self.tool_call:
            return Message("assistant", "", tool_calls=(self.tool_call,))
        if self.kind == "function_call_output" and self.tool_call:
            return Message("tool", self.text, tool_call_id=self.tool_call.call_id)
        if self.role and self.text.strip():
            return Message(self.role, self.text.strip())
        return None


def heard_words(clauses: list[Clause], heard_ms: int) -> str:
    """The words of `clauses` up to `heard_ms`; a clause cut in the middle ends at a whole word."""
    heard = ""
    for clause in clauses:
        if clause.end_ms <= heard_ms:
            heard += clause.text
            continue
        if heard_ms > clause.start_ms:
            share = (heard_ms - clause.start_ms) / (clause.end_ms - clause.start_ms)
            part = clause.text[: round(len(clause.text) * share)]
            at_word_end = clause.text[len(part) : len(part) + 1].isspace()
            heard += part if at_word_end else part[: part.rfind(" ") + 1]
        break
    return heard.rstrip()


def _text_part(kind: str) -> Check:
    return record({"type": one_of(kind), "text": text}, required=("type", "text"))


def _user_part(value: Any, path: str) -> dict[str, Any]:
    kind = plain_object(value, path).get("type")
    if kind in ("input_image", "input_audio"):
        raise ProtocolError(
            f"This server's model reads text only; '{kind}' cannot be added to the conversation.",
            code="unsupported_content_type",
            param=f"{path}.type",
        )
    return dict(_text_part("input_text")(value, path))


_CONTENT: dict[str, Check] = {
    "system": list_of(_text_part("input_text"), 100),
    "user": list_of(_user_part, 100),
    "assistant": list_of(_text_part("output_text"), 100),
}
_COMMON: dict[str, Check] = {
    "id": text,
    "object": one_of("realtime.item"),
    "type": text,
    "status": one_of("completed", "incomplete", "in_progress"),
}
_CALL = record(
    _COMMON | {"name": text, "arguments": text, "call_id": text},
    required=("name", "arguments"),
)
_CALL_OUTPUT = record(_COMMON | {"call_id": text, "output": text}, required=("call_id", "output"))


def item_from_client(value: Any, path: str = "item") -> Item:
    """Read an item that a client wants to add.

    Raises:
        ProtocolError: its type, role or content is not one that a client may create.
    """
    wire = plain_object(value, path)
    kind = wire.get("type")
    item_id = text(wire["id"], f"{path}.id") if wire.get("id") is not None else new_id("item")
    if kind == "message":
        return _message(wire, path, item_id)
    if kind == "function_call":
        _CALL(wire, path)
        call = ToolCall(wire.get("call_id") or new_id("call"), wire["name"], wire["arguments"])
        return Item(item_id, "function_call", tool_call=call)
    if kind == "function_call_output":
        _CALL_OUTPUT(wire, path)
        call = ToolCall(wire["call_id"], "", "")
        return Item(item_id, "function_call_output", tool_call=call, text=wire["output"])
    raise bad(f"{path}.type", "'message', 'function_call' or 'function_call_output'")


def _message(wire: Mapping[str, Any], path: str, item_id: str) -> Item:
    role = wire.get("role")
    if role not in ("system", "user", "assistant"):
        raise bad(f"{path}.role", "'system', 'user' or 'assistant'")
    fields = _COMMON | {"role": text, "content": _CONTENT[role]}
    checked = record(fields, required=("content",))(dict(wire), path)
    words = "\n".join(part["text"] for part in checked["content"])
    return Item(item_id, "message", role=role, text=words)


check_audio_end_ms = integer(0, 24 * 3600 * 1000)
