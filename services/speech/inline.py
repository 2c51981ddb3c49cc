"""Says a line of Markdown: text with emphasis, links, code and formulas."""

from __future__ import annotations

import re

from markdown_it.token import Token

from services.speech.formulas import say_formula
from services.speech.inline_code import say_code
from services.speech.phrases import formula_phrases_of, phrases_of
from services.speech.sayable import keep_sayable
from services.speech.signs import say_signs, site_of

_HELD = "\ue000"
"""Stands for words that are complete, while signs are looked for."""
_TAG = re.compile(r"</?\s*([A-Za-z][\w-]*)[^>]*>")
_BREAKING_TAGS = frozenset(
    "br p div li ul ol dl dt dd tr td th table h1 h2 h3 h4 h5 h6 hr summary details blockquote pre "
    "section article header footer".split()
)
_OTHER_TAGS = frozenset(
    "a abbr b bdi bdo big caption center cite code col colgroup data del em figcaption figure font "
    "i iframe img input ins kbd label mark picture q rp rt ruby s samp script small source span "
    "strike strong style sub sup tbody tfoot thead time tt u var video audio wbr".split()
)


def say_inline(tokens: list[Token], language: str, *, skip: int = 0) -> str:
    """Give what is said for a line.

    Args:
        tokens: the children of an inline token.
        language: primary tag.
        skip: characters at the beginning that are not said.
    """
    held: list[str] = []
    parts: list[str] = []
    address = ""
    for token in tokens:
        if token.type == "link_open":
            address = str(token.attrGet("href") or "")
        elif token.type == "link_close":
            address = ""
        elif token.type == "text" and address and token.content in (address, _shown(address)):
            parts.append(site_of(token.content) if "@" not in address else token.content)
        elif token.type in ("code_inline", "formula"):
            held.append(_words_of(token, language))
            parts.append(_HELD)
        else:
            parts.append(_text_of(token))
    text = say_signs("".join(parts)[skip:], language)
    words = iter(held)
    text = re.sub(_HELD, lambda _: f" {next(words, '')} ", text)
    return keep_sayable(text, has_words=bool(phrases_of(language).signs))


def _words_of(token: Token, language: str) -> str:
    if token.type == "formula":
        return say_formula(token.content, formula_phrases_of(language))
    return say_code(token.content, language)


def _text_of(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return "\n" if token.type == "softbreak" else ",\n"
    if token.type == "html_inline":
        return _tag(token.content)
    if token.type == "image":
        return "".join(_text_of(child) for child in token.children or [])
    return token.content.replace(_HELD, "")


def _tag(content: str) -> str:
    """A tag is not said; "<name>" is no tag but a place to fill in."""
    found = _TAG.fullmatch(content)
    if not found:
        return " "
    name = found.group(1).lower()
    if name in _BREAKING_TAGS:
        return ", "
    return "" if name in _OTHER_TAGS else f" {found.group(1)} "


def _shown(address: str) -> str:
    return address.removeprefix("mailto:").removeprefix("http://")
