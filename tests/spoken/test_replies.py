"""Fifty replies full of Markdown: no sign is called by its name, and nothing is lost."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from services.speech.text import speakable
from tests.spoken.replies import chunks, language_of_reply, replies, spoken

NAMES = sorted(replies())
ALLOWED = re.compile(r"[\w\s\u064b-\u0652.,;:!?…'%¿¡。、！？：，؟،-]")
VOICES = {"en": "en-us", "de": "de", "es": "es", "fr": "fr"}
"""Of espeak-ng; it has no words for most Japanese signs, and reads Arabic letter by letter."""
NAMED_SIGNS = "*#_\\/|~^`{}[]<>→•✅"
ANNOUNCED = {
    "en": "code block",
    "de": "Codeblock",
    "es": "bloque de código",
    "fr": "bloc de code",
    "ja": "コードブロック",
}
FORMULA = re.compile(
    r"\$\$.*?\$\$|\\\[.*?\\\]|\\\(.*?\\\)|\$[^\s$](?:[^$\n]*[^\s$])?\$(?!\d)", re.S
)
ADDRESS = re.compile(r"https?://[^\s)]+")
MARKER = re.compile(r"(?m)\[\^\w+\]|^ *- \[[ x]\]")
"""Of a footnote or a task."""
FENCE = re.compile(r"^ *(```|~~~)[^\n]*\n(.*?)^ *\1", re.M | re.S)
UNIT = re.compile(r"(?<=\d)\s?(?:km/h|m/s|km|Mbit/s|GHz|GB|ms|kg|g|m|°[CF])(?!\w)")
IN_WORDS = re.compile(r"(?<![\d/])[123]/[234](?![\d/])|[½¼¾]")


def test_there_are_fifty_replies_of_all_kinds():
    texts = "\n".join(replies().values())

    assert len(replies()) >= 50
    assert {"de", "es", "fr", "ja", "ar"} < {language_of_reply(name) for name in NAMES}
    for kind in (
        "|---|",
        "```",
        "~~~",
        "\n   - ",
        "- [ ] ",
        "](http",
        "$$",
        "\\[",
        "> ",
        "<details>",
    ):
        assert kind in texts, kind


@pytest.mark.parametrize("name", NAMES)
def test_only_words_numbers_and_pauses_are_said(name):
    assert ALLOWED.sub("", spoken(name)) == ""


@pytest.mark.parametrize("name", NAMES)
def test_a_real_voice_says_no_sign_by_its_name(name, espeak):
    voice = VOICES.get(language_of_reply(name))
    if voice is None:
        return  # the characters have been looked at above
    names = names_of_signs(espeak, voice)
    without_signs = re.sub(r"[^\w\s.,;:!?…'%¿¡-]", " ", spoken(name))

    assert [sign for sign in names if sign in joined(phonemes(espeak, voice, spoken(name)))] == []
    assert phonemes(espeak, voice, spoken(name)) == phonemes(espeak, voice, without_signs)


def test_the_voice_would_have_said_signs_by_their_names(espeak):
    raw = joined(phonemes(espeak, "en-us", "\n".join(replies()[name] for name in NAMES)))

    assert len([sign for sign in names_of_signs(espeak, "en-us") if sign in raw]) >= 5


@pytest.mark.parametrize("name", NAMES)
def test_every_word_outside_code_is_said(name):
    expected, said = Counter(words_of(replies()[name])), Counter(words(spoken(name)))

    assert expected - said == Counter()


@pytest.mark.parametrize("name", NAMES)
def test_code_is_announced_and_never_read(name):
    blocks = [found.group(2) for found in FENCE.finditer(replies()[name])]
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    announced = ANNOUNCED.get(language_of_reply(name), "code block")

    assert spoken(name).count(announced) == len(blocks)
    assert [line for line in lines if len(line) > 12 and line in spoken(name)] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_reply_said_at_once_has_the_same_words_as_in_chunks(name):
    at_once = speakable(replies()[name], language_of_reply(name))

    assert words(at_once) == words(spoken(name))


def test_a_chunk_is_never_longer_than_a_speech_server_takes():
    assert max(len(chunk) for cut in chunks().values() for chunk in cut) <= 2000


def words(text: str) -> list[str]:
    """Words and numbers, in small letters."""
    return re.findall(r"[^\W\d_]+|\d+", unicodedata.normalize("NFKC", text).casefold())


def words_of(markdown: str) -> list[str]:
    """The words of another rendering: all text but code, formulas and addresses."""
    plain = MARKER.sub("", ADDRESS.sub(" ", FORMULA.sub(" ", FENCE.sub("\n\n", markdown))))
    parser = MarkdownIt("commonmark").enable("table")
    texts = ["".join(texts_of(token)) for token in parser.parse(plain)]
    return words(IN_WORDS.sub(" ", UNIT.sub(" ", " ".join(texts))))


def texts_of(token: Token) -> Iterator[str]:
    """The text of a block, code apart."""
    for child in token.children or []:
        if child.type == "text":
            yield child.content
        elif child.type == "softbreak":
            yield " "


@cache
def names_of_signs(espeak: str, voice: str) -> frozenset[str]:
    """How a voice calls the signs of Markdown; those that it leaves out have no name."""
    said = (joined(phonemes(espeak, voice, sign)) for sign in NAMED_SIGNS)
    return frozenset(name for name in said if len(name) > 4)


def joined(said: tuple[str, ...]) -> str:
    """One text in which whole words can be looked for."""
    return f" {' '.join(said)} "


@cache
def phonemes(espeak: str, voice: str, text: str) -> tuple[str, ...]:
    """The words as this voice speaks them, without stress."""
    done = subprocess.run(
        [espeak, "-q", "-x", "-v", voice, "--stdin"],
        input=text.encode(),
        capture_output=True,
        check=True,
    )
    return tuple(re.sub(r"[',_|=;:#]", "", word) for word in done.stdout.decode().split())
