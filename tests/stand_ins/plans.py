"""Answers that a stand-in gives in place of its own, as planned by a test."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Planned:
    """One answer; `never`: the request is read and never answered."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    never: bool = False


SILENCE = Planned(never=True)
HTML = Planned(502, b"<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html")
BROKEN_JSON = Planned(200, b'{"value": "ek_', "application/json")
HTML_AS_SUCCESS = Planned(200, b"<html><body>Sign in to the network</body></html>", "text/html")


def error(
    status: int,
    code: str,
    message: str = "",
    *,
    kind: str = "invalid_request_error",
    param: str | None = None,
    retry_after: str | None = None,
    content_type: str = "application/json",
) -> Planned:
    """Make an error as the houses write them; `retry_after`: seconds, as the header says them."""
    content = {"message": message or code, "type": kind, "code": code, "param": param}
    headers = {"Retry-After": retry_after} if retry_after is not None else {}
    return Planned(status, json.dumps({"error": content}).encode(), content_type, headers)


def busy(retry_after: str | None = None) -> Planned:
    """Say that too much was asked."""
    return error(
        429, "rate_limit_exceeded", "Rate limit reached.", kind="requests", retry_after=retry_after
    )


class Plans:
    """What is planned, by the end of the path that it is for."""

    def __init__(self) -> None:
        self._once: dict[str, deque[Planned]] = {}
        self._always: dict[str, Planned] = {}

    def next(self, path_end: str, *answers: Planned) -> None:
        """Answer the next requests to a path so, one each."""
        self._once.setdefault(path_end, deque()).extend(answers)

    def always(self, path_end: str, answer: Planned) -> None:
        """Answer all further requests to a path so; "" is every path."""
        self._always[path_end] = answer

    def clear(self) -> None:
        """Plan nothing any more."""
        self._once.clear()
        self._always.clear()

    def take(self, path: str) -> Planned | None:
        """Give what is planned for a request; None: it is answered as usual."""
        for end, answers in self._once.items():
            if answers and path.endswith(end):
                return answers.popleft()
        return next((found for end, found in self._always.items() if path.endswith(end)), None)
