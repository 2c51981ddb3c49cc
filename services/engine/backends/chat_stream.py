"""What a chat-completions request and its streamed answer look like: pure but for the stream."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterable
from typing import Any, Literal

from services.engine.stages import (
    Finish,
    Message,
    Prompt,
    StageError,
    TextDelta,
    Thought,
    ToolCall,
)

_REASONS: dict[str, Literal["stop", "length", "tool_calls"]] = {
    "length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
}
"""All others ("stop", "content_filter", a server's own) end a reply like "stop"."""


def to_request(prompt: Prompt, model: str) -> dict[str, object]:
    """Write the request's body."""
    request: dict[str, object] = {
        "model": model,
        "messages": [_to_message(message) for message in prompt.messages],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if prompt.max_tokens is not None:
        request["max_tokens"] = prompt.max_tokens
    if prompt.tools:
        request["tools"] = [_to_tool(tool) for tool in prompt.tools]
        request["tool_choice"] = _to_tool_choice(prompt.tool_choice)
    return request


def _to_message(message: Message) -> dict[str, object]:
    found: dict[str, object] = {"role": message.role, "content": message.text}
    if message.tool_calls:
        found["tool_calls"] = [
            {
                "id": call.call_id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in message.tool_calls
        ]
    if message.tool_call_id is not None:
        found["tool_call_id"] = message.tool_call_id
    return found


def _to_tool(tool: dict[str, object]) -> dict[str, object]:
    function = {key: value for key, value in tool.items() if key != "type"}
    return {"type": "function", "function": function}


def _to_tool_choice(choice: str | dict[str, object]) -> object:
    if isinstance(choice, dict) and "name" in choice:
        return {"type": "function", "function": {"name": choice["name"]}}
    return choice


async def read_thoughts(lines: AsyncIterable[bytes]) -> AsyncGenerator[Thought, None]:
    """Read the server-sent events of an answer, line by line.

    Raises:
        StageError: the server reports an error, writes what cannot be read, or stops too early.
    """
    answer = _Answer()
    async for line in lines:
        field, _, value = line.decode("utf-8", "replace").strip().partition(":")
        if field != "data":
            continue  # a comment, an empty line, or a field that chat completions do not use
        if value.strip() == "[DONE]":
            break
        for delta in answer.add(value):
            yield delta
    for thought in answer.finish():
        yield thought


class _Answer:
    """One answer while it comes in."""

    def __init__(self) -> None:
        self._reason: str | None = None
        self._usage: dict[str, Any] = {}
        self._calls: dict[int, dict[str, str]] = {}

    def add(self, data: str) -> list[TextDelta]:
        """Take one event; returns the text in it."""
        try:
            chunk = json.loads(data)
            if chunk.get("error"):
                raise _failure(f"reports an error: {_message(chunk['error'])}")
            self._usage = chunk.get("usage") or self._usage
            return [delta for choice in chunk.get("choices") or [] for delta in self._take(choice)]
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise _failure(f"sent what cannot be read: {data.strip()[:100]}") from error

    def _take(self, choice: dict[str, Any]) -> list[TextDelta]:
        self._reason = choice.get("finish_reason") or self._reason
        delta = choice.get("delta") or {}
        for part in delta.get("tool_calls") or []:
            # The pieces of one call share an index; servers that send calls whole may leave it out.
            call = self._calls.setdefault(
                part.get("index", len(self._calls)), {"id": "", "name": "", "arguments": ""}
            )
            function = part.get("function") or {}
            call["id"] = part.get("id") or call["id"]
            call["name"] += function.get("name") or ""
            call["arguments"] += function.get("arguments") or ""
        text = delta.get("content")
        return [TextDelta(text)] if text else []

    def finish(self) -> list[ToolCall | Finish]:
        """Say what comes at the end."""
        if self._reason is None:
            raise _failure("stopped in the middle of an answer")
        calls = [
            ToolCall(call["id"] or f"call_{index}", call["name"], call["arguments"] or "{}")
            for index, call in sorted(self._calls.items())
        ]
        reason = "tool_calls" if calls else _REASONS.get(self._reason, "stop")
        return [
            *calls,
            Finish(
                reason,
                input_tokens=self._usage.get("prompt_tokens") or 0,
                cached_tokens=(self._usage.get("prompt_tokens_details") or {}).get("cached_tokens")
                or 0,
                output_tokens=self._usage.get("completion_tokens") or 0,
            ),
        ]


def _failure(what: str) -> StageError:
    return StageError("thinker", f"The language model server {what}.")


def _message(error: object) -> str:
    text = error.get("message", error) if isinstance(error, dict) else error
    return " ".join(str(text).split())[:200]
