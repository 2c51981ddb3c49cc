"""Markdown as a real renderer understands it: it shows what was said, and nothing else."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from services.exports.markdown import to_markdown
from tests.exports.conversation import NASTY, make_conversation, make_turn, nasty_turns

RENDERERS = {
    "CommonMark": lambda: MarkdownIt("commonmark", {"html": True}),
    "GitHub's": lambda: MarkdownIt("gfm-like", {"html": True, "linkify": False}),
    "with typography": lambda: MarkdownIt("default", {"html": True}),
}


class Shown(HTMLParser):
    """The words and the tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.words = ""
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.words += "\n" if tag in ("br", "p") else ""

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture(params=RENDERERS)
def render(request):
    def render(markdown: str) -> Shown:
        shown = Shown()
        shown.feed(RENDERERS[request.param]().render(markdown))
        shown.close()
        return shown

    return render


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("text", NASTY)
def test_a_turn_reads_as_it_was_said(render, text):
    shown = render(to_markdown(make_conversation("T"), [make_turn(3, text)]))

    begun = lines(shown.words).index("You (12:00:03)") + 1
    assert lines(shown.words)[begun:] == lines(text)
    assert shown.tags <= {"h1", "p", "strong", "br"}


def test_a_whole_conversation_keeps_its_turns_apart(render):
    shown = render(to_markdown(make_conversation(), nasty_turns()))

    assert len(re.findall(r"^(?:You|Assistant) \(12:", shown.words, re.M)) == len(NASTY)
    assert lines(shown.words)[:2] == ["Whales & <friends>", "21 November 2026, 12:00 UTC"]


def test_what_was_cut_says_so_and_nothing_is_nothing(render):
    turns = [make_turn(0, "Once", "assistant", interrupted=True), make_turn(1, "")]

    shown = render(to_markdown(make_conversation(""), turns))

    wanted = [
        "Untitled",
        "21 November 2026, 12:00 UTC",
        "Assistant (12:00:00, interrupted)",
        "Once",
    ]
    assert lines(shown.words) == [*wanted, "You (12:00:01)"]
