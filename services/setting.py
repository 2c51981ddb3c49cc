"""One thing that a person may choose: how it is described, and which values it takes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from services.errors import InvalidField

Value = str | float | int | bool | None
Kind = Literal["choice", "language", "voice", "number", "text", "switch", "key"]

VOICE_LIMIT = 64
"""Characters of a voice's name."""
KEY_NAME = re.compile(r"[A-Z][A-Za-z0-9]{0,31}")
"""A key as in KeyboardEvent.code, which does not depend on the keyboard's language.
Source: https://www.w3.org/TR/uievents-code/"""
KEYS_TAKEN = ("Escape", "Tab", "Enter", "NumpadEnter")
"""Keys with which one moves about in a page."""
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""What nobody types, and what no database column holds; a line may end."""


@dataclass(frozen=True)
class Setting:
    """A row of the tables in settings.py."""

    name: str
    """Field of Settings."""
    label: str
    note: str
    """What it does, in a sentence or two."""
    kind: Kind
    applies: Literal["now", "next-call"]
    """From when on a change counts."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """Value to label, of kinds choice and language."""
    low: float = 0
    high: float = 0
    """Of a number; of a text the most characters."""
    step: float = 0
    """Of a number; 1 or more makes it a whole one."""
    unit: str = ""
    """Of a number, for people."""
    only_for: tuple[str, ...] = ()
    """Values of other settings without which this one means nothing."""
    default: Value = None
    """That of the field. None: somebody may choose nothing, and something else decides."""

    def check(self, value: object) -> Value:
        """Read a value, also as a form spells it; None is the default.

        Raises:
            InvalidField: it cannot be had.
        """
        if value is None:
            return self.default
        if self.kind == "number":
            return self._number(value)
        if self.kind == "switch":
            return self._switch(value)
        if not isinstance(value, str):
            raise InvalidField(self.name, "must be text")
        if CONTROL_CHARACTERS.search(value):
            raise InvalidField(self.name, "holds a control character or half a character")
        text = value.strip()
        return None if not text and self.default is None else self._text(text)

    def _text(self, text: str) -> str:
        if self.choices and text not in self.choices:
            known = ", ".join(self.choices)
            raise InvalidField(self.name, f"must be one of {known}, not {text[:40]!r}")
        if self.kind == "key" and (not KEY_NAME.fullmatch(text) or text in KEYS_TAKEN):
            raise InvalidField(
                self.name, f"{text[:40]!r} is no key to talk with; take one such as Space or KeyT"
            )
        limit = VOICE_LIMIT if self.kind == "voice" else self.high
        if self.kind in ("voice", "text") and len(text) > limit:
            raise InvalidField(self.name, f"is longer than {limit:g} characters")
        return text

    def _number(self, value: object) -> float | int:
        between = f"must be a number from {self.low:g} to {self.high:g}"
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise InvalidField(self.name, between)
        try:
            number = float(value)
        except (ValueError, OverflowError) as error:
            raise InvalidField(self.name, between) from error
        if not (math.isfinite(number) and self.low <= number <= self.high):
            raise InvalidField(self.name, between)
        return round(number) if self.step >= 1 else round(number, 3)

    def _switch(self, value: object) -> bool:
        if isinstance(value, str | bool):
            if value in (True, "true", "on", "1"):
                return True
            if value in (False, "false", "off", "0", ""):
                return False
        raise InvalidField(self.name, "must be true or false")
