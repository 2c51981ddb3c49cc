"""Makes Markdown sayable: what a voice shall say for a reply, or for a chunk of one.

Code is announced, never read; tables are said row by row with the words of their header; links by
their text, formulas in words. No sign is left that a voice would call by its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from markdown_it.token import Token

from services.speech.code_blocks import announce, is_code_without_fence
from services.speech.inline import say_inline
from services.speech.language import language_of
from services.speech.markdown import parse
from services.speech.phrases import phrases_of

_STOPS = ".!?…:;,。！？：；、،؟۔।"
_TASKS = {"[ ] ": "to_do", "[x] ": "done", "[X] ": "done"}


def speakable(text: str, language: str | None = None) -> str:
    """Give the words that a voice shall say for Markdown; "" when there are none.

    Args:
        text: a whole reply, or a chunk: one item of a list, half of an emphasis, the first half of
            a code block. Time grows with its length; 200 characters take less than 1 ms.
        language: of the text, as "de" or "de-AT"; guessed when it is not known.
    """
    if is_code_without_fence(text):
        return ""
    tag = (language or "").split("-")[0].lower() or language_of(text)
    blocks = list(_blocks(parse(text), tag))
    # The text may go on in the next chunk, unless its line is over.
    is_open = bool(blocks) and not text.endswith("\n")
    last = len(blocks) - 1
    said = [
        words if index == last and is_open else _stopped(words, tag)
        for index, words in enumerate(blocks)
    ]
    return " ".join(said)


def _blocks(tokens: list[Token], language: str) -> Iterator[str]:
    """What is said for each block, in order."""
    number = ""
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.type == "table_open":
            table = list(takewhile(lambda token: token.type != "table_close", tokens[position:]))
            yield from _rows(table, language)
            position += len(table)
        elif token.type == "list_item_open":
            number = f"{token.info}: " if token.info else ""
        elif token.type == "fence":
            yield announce(token, language)
        elif token.type == "inline" and (words := _line(token, language)):
            yield number + words
            number = ""
        position += 1


def _line(token: Token, language: str) -> str:
    """A paragraph, a heading, or the text of a list item, which may be a task."""
    task = _TASKS.get(token.content[:4])
    words = say_inline(token.children or [], language, skip=4 if task else 0)
    if not words or not task:
        return words
    phrases = phrases_of(language)
    return (phrases.done if task == "done" else phrases.to_do) + words


def _rows(tokens: list[Token], language: str) -> Iterator[str]:
    """Each row with the words of the header; the first column's only once."""
    header: list[str] = []
    row: list[str] = []
    rows = 0
    is_header = False
    for token in tokens:
        if token.type in ("thead_open", "thead_close"):
            is_header = token.type == "thead_open"
        elif token.type == "tr_open":
            row = []
        elif token.type == "inline":
            row.append(say_inline(token.children or [], language).rstrip(" .,;:"))
        elif token.type == "tr_close" and is_header:
            header = row
        elif token.type == "tr_close":
            yield _row(header, row, is_first=rows == 0)
            rows += 1
    if not rows:
        yield ", ".join(filter(None, header))


def _row(header: list[str], row: list[str], *, is_first: bool) -> str:
    pairs = []
    for column, cell in enumerate(row):
        title = header[column] if column < len(header) else ""
        is_named = bool(title) and (column > 0 or is_first)
        if cell:
            pairs.append(f"{title}: {cell}" if is_named else cell)
        elif is_first and title:
            pairs.append(title)
    return ", ".join(pairs)


def _stopped(words: str, language: str) -> str:
    """End the sentence, so that the voice pauses."""
    return words if not words or words[-1] in _STOPS else words + phrases_of(language).stop
