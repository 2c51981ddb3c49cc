"""Reads one value after another from the environment and collects what is wrong with them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

AMOUNT = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")


class Environment:
    """A view on the operator's words that never raises: problems are collected for one report."""

    def __init__(self, values: Mapping[str, str]) -> None:
        """Look at these names and values; an empty value counts as absent."""
        self._values = values
        self.problems: list[str] = []
        """One line each."""

    def text(self, name: str) -> str | None:
        """Any text."""
        return self._values.get(name, "").strip() or None

    def words(self, name: str) -> tuple[str, ...]:
        """Some names with commas between them."""
        found = [word.strip() for word in (self.text(name) or "").split(",")]
        return tuple(word for word in found if word)

    def secret(self, name: str) -> str | None:
        """A secret, from `NAME` or from the file that `NAME_FILE` names."""
        path = self.text(f"{name}_FILE")
        if path is None:
            return self.text(name)
        if self.text(name):
            self.problems.append(f"{name}: is set, and so is {name}_FILE: keep one of them")
        try:
            content = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            self.problems.append(f"{name}_FILE: cannot read {path}: {error}")
            return None
        if not content:
            self.problems.append(f"{name}_FILE: {path} is empty")
        return content or None

    def file(self, name: str) -> Path | None:
        """A file that can be read, and that is read again when it is needed."""
        value = self.text(name)
        if value is None:
            return None
        try:
            Path(value).read_bytes()
        except OSError as error:
            self.problems.append(f"{name}: cannot read {value}: {error}")
        return Path(value)

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        """One of some words."""
        value = self.text(name) or default
        if value not in choices:
            self.problems.append(f"{name}: must be one of {', '.join(choices)}, not {value!r}")
            return default
        return value

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number from low to high."""
        value = self.text(name)
        if value is None:
            return default
        if not (value.isascii() and value.isdigit() and low <= int(value[:12]) <= high):
            self.problems.append(
                f"{name}: must be a whole number from {low} to {high}, not {value!r}"
            )
            return default
        return int(value)

    def amount(self, name: str) -> Decimal | None:
        """An amount of money, as 5 or 12.50."""
        value = self.text(name)
        if value is None:
            return None
        if AMOUNT.fullmatch(value) is None or not Decimal(value):
            self.problems.append(f"{name}: must be an amount such as 5 or 12.50, not {value!r}")
            return None
        return Decimal(value)

    def flag(self, name: str) -> bool:
        """1 or 0."""
        return self.choice(name, "0", ("0", "1")) == "1"

    def json_list(self, name: str) -> list[object]:
        """A list written as JSON, in `NAME` or in the file that `NAME_FILE` names."""
        value = self.secret(name)
        if value is None:
            return []
        try:
            parsed = json.loads(value)
        except ValueError as error:
            self.problems.append(f"{name}: is not JSON: {error}")
            return []
        if not isinstance(parsed, list):
            self.problems.append(f"{name}: must be a JSON list, such as []")
            return []
        return parsed
