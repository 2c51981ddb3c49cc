"""Markdown as chat models write it, parsed into tokens, with formulas as tokens of their own."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

_FENCE = re.compile(r"^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,}|~{3,})", re.MULTILINE)
_BULLET = re.compile(r"^([ \t]*)[•◦▪‣●○–][ \t]+", re.MULTILINE)
_UNDERLINE = re.compile(r"^[ \t]*={2,}[ \t]*$", re.MULTILINE)
_RULE = re.compile(r"[\s|:-]*\|[\s|:-]*")
_LONGEST_FORMULA = 2000
_CLOSERS = {"\\(": "\\)", "\\[": "\\]", "$$": "$$", "$": "$"}


def parse(text: str) -> list[Token]:
    """Give the blocks; the formulas within are inline tokens of type "formula"."""
    text = _with_header(_BULLET.sub(r"\1- ", _UNDERLINE.sub("", text)))
    return _PARSER.parse(_on_one_line(text))


def _formula(state: StateInline, silent: bool) -> bool:
    r"""Read `$…$`, `$$…$$`, `\\(…\\)` or `\\[…\\]`."""
    source, at = state.src, state.pos
    if source[at] not in "$\\":
        return False
    opener = source[at : at + 2]
    if opener not in _CLOSERS:
        opener = source[at]
    if opener not in _CLOSERS:
        return False
    begin = at + len(opener)
    end = source.find(_CLOSERS[opener], begin, begin + _LONGEST_FORMULA)
    if end <= begin or (opener == "$" and not _is_formula(source, begin, end)):
        return False
    if not silent:
        state.push("formula", "", 0).content = source[begin:end]
    state.pos = end + len(opener)
    return True


def _is_formula(source: str, begin: int, end: int) -> bool:
    """Tell "$x$" from "$5 and $10"."""
    if source[begin].isspace() or source[end - 1].isspace() or source[end + 1 : end + 2].isdigit():
        return False
    return "\n\n" not in source[begin:end]


def _with_header(text: str) -> str:
    """Give an empty header to the rows of a table that was cut in two."""
    lines = text.lstrip("\r\n").split("\n", 2)
    if not lines[0].lstrip().startswith("|") or (len(lines) > 1 and _RULE.fullmatch(lines[1])):
        return text
    columns = lines[0].count("|")
    rows = text.lstrip("\r\n")
    if _RULE.fullmatch(lines[0]):
        rows = rows.partition("\n")[2]
    return f"{'|' * (columns + 1)}\n|{'-|' * columns}\n{rows}"


def _on_one_line(text: str) -> str:
    """Bring each displayed formula onto one line, where no line of it can pass for a list."""
    if "$$" not in text and "\\[" not in text:
        return text
    parts, at = [], 0
    fences = [match.start() for match in _FENCE.finditer(text)]
    while (found := _DISPLAY.search(text, at)) is not None:
        end = text.find(_CLOSERS[found.group()], found.end())
        is_code = sum(fence < found.start() for fence in fences) % 2
        if end < 0 or is_code:
            parts.append(text[at : found.end()])
            at = found.end()
            continue
        parts += [text[at : found.start()], text[found.start() : end].replace("\n", " ")]
        at = end
        parts.append(text[at : at + 2])
        at += 2
    return "".join(parts) + text[at:]


_DISPLAY = re.compile(r"\$\$|\\\[")


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": 40}).enable(["table", "strikethrough"])
    # A chunk of a reply may begin with an indented item or end before its "===": neither is code
    # or a heading. HTML is read within lines, so that Markdown in it is seen. A definition
    # "[^1]: text" is said.
    parser.disable(["code", "lheading", "html_block", "reference"])
    parser.inline.ruler.before("escape", "formula", _formula)
    return parser


_PARSER = _parser()
