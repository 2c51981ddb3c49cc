"""Runs a tool: never longer and never more than the model can wait for and read, and never in vain.

Whatever happens there is one output, in words: a model that gets none waits, and so does the
person.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from services.errors import AssistantError, ToolFailed
from services.tools.base import Caller, Tool

SECONDS = 10.0
"""A person who waits for an answer gives up soon after."""
OUTPUT_BYTES = 16 * 1024
"""UTF-8. More costs money and patience, and a data channel carries 64 kB at most."""
AT_ONCE = 16
"""Tools that run in this process; one that hangs counts until it ends."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What came of a call."""

    output: str
    """For the model; at most OUTPUT_BYTES."""
    failed: bool


class ToolRunner:
    """Runs tools, each in a thread of its own, so that a tool that hangs holds up nobody."""

    def __init__(self, seconds: float = SECONDS) -> None:
        """Give each tool so many seconds."""
        self._seconds = seconds
        self._room = threading.BoundedSemaphore(AT_ONCE)

    def run(self, tool: Tool, arguments: object, caller: Caller) -> Outcome:
        """Run a tool; this never raises.

        Args:
            tool: to be run.
            arguments: an object, or the JSON text of one, as the model wrote it.
            caller: the person for whom.
        """
        try:
            return Outcome(_shortened(self._output_of(tool, _read(arguments), caller)), False)
        except ToolFailed as failure:
            log.info("the tool %s failed", tool.name)  # why may hold what somebody said
            return Outcome(_shortened(f"That did not work. {failure}"), True)

    def _output_of(self, tool: Tool, arguments: Mapping[str, object], caller: Caller) -> str:
        if not self._room.acquire(blocking=False):
            raise ToolFailed("Too many tools are running at this moment. Try again a little later.")
        outcome: SimpleQueue[str | ToolFailed] = SimpleQueue()

        def work() -> None:
            try:
                outcome.put(_work(tool, arguments, caller))
            finally:
                self._room.release()

        # A daemon: a tool that hangs must not keep the program from ending.
        threading.Thread(target=work, name=f"tool-{tool.name}", daemon=True).start()
        try:
            found = outcome.get(timeout=self._seconds)
        except Empty as error:
            raise ToolFailed(
                f"It took longer than {self._seconds:g} seconds and was given up."
            ) from error
        if isinstance(found, ToolFailed):
            raise found
        return found


def _read(arguments: object) -> Mapping[str, object]:
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments or "{}")
        except (ValueError, RecursionError) as error:
            raise ToolFailed("The arguments are not valid JSON.") from error
    if not isinstance(arguments, dict):
        raise ToolFailed("The arguments must be a JSON object.")
    return arguments


def _work(tool: Tool, arguments: Mapping[str, object], caller: Caller) -> str | ToolFailed:
    try:
        return _to_text(tool.run(arguments, caller))
    except ToolFailed as failure:
        return failure
    except AssistantError as error:
        log.warning("the tool %s failed: %s (%s)", tool.name, error, error.__cause__)
        return ToolFailed(str(error))
    except Exception as error:
        log.error("unexpected %s in the tool %s", type(error).__name__, tool.name, exc_info=error)
        return ToolFailed("Something unexpected happened in it.")


def _to_text(result: object) -> str:
    text = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
    return text or "It is done; there is no output."


def _shortened(text: str) -> str:
    """Cut a text that is too long, at a whole character, and say so."""
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= OUTPUT_BYTES:
        return encoded.decode()
    note = f" … [cut: this is the beginning of {len(encoded)} bytes]"
    kept = encoded[: OUTPUT_BYTES - len(note.encode())].decode("utf-8", "ignore")
    return kept + note
