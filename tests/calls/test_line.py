"""One relayed call: what could not be written down goes along with its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from services.calls.line import CallLine
from services.errors import StorageUnavailable
from services.storage.models import Call
from tests.usage.recorded import events


class Book:
    """Writes down what lines tell, unless it is away."""

    def __init__(self) -> None:
        self.is_away = False
        self.written: list[object] = []

    def note(self, told: Sequence[object]) -> None:
        if self.is_away:
            raise StorageUnavailable("The database cannot be reached now.")
        self.written += told

    def end(self) -> None:
        self.written.append("end")


def line_to(book: Book) -> CallLine:
    return CallLine(
        cast(Any, None),  # nobody has to answer
        Call(id="call", session="{}"),
        watch=lambda _was_heard: None,
        release=lambda: None,
        end=book.end,
        note=book.note,
    )


def test_what_was_used_last_is_written_down_with_the_end():
    book = Book()
    line = line_to(book)
    *_, last = events()
    book.is_away = True
    line.note(last)
    book.is_away = False

    for _ in range(2):
        line.close(was_connected=True)

    assert book.written == [last, "end"]
