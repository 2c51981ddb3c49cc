"""Puts words for the signs of running text: "≥ 5" → "at least 5", "1/2" → "one half".

Every pattern either begins behind something that it cannot itself match, or is bounded, so that
the time grows with the length of the text only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from services.speech.formulas import say_formula
from services.speech.phrases import Phrases, formula_phrases_of, phrases_of

_Words = Callable[[re.Match[str]], str]

_FOOTNOTE = re.compile(r"\[\^[^\]\s]{1,40}\]:?|(?<=[\w.,;:!?)\]>\"”])\[\d{1,3}\]")
_LINK_REST = re.compile(
    r"\]\([^()\s]{0,2000}\)?|\]\[[^\[\]]{0,60}\]|(?m:^)\[[^\[\]]{1,60}\]:\s+https?://\S+"
)
_URL = re.compile(
    r"(?<![\w@.])(?:(?:https?|ftp)://|www\.)([^\s/?#<>\"'()*|`\]]+)"
    r"(?:[/?#](?:[^\s<>\"|`\]()]|\([^\s()]{0,80}\))*)?",
    re.IGNORECASE,
)
_MAIL = re.compile(r"(?<![\w.+-])(?:mailto:)?([\w.+-]{1,64})@(?=[\w-]{1,63}\.\w)")
_SMILEY = re.compile(r"(?<![^\s(])[:;=]['’]?-?[()DPpO/|](?!\w)")
_LATEX = re.compile(r"\\[a-zA-Z]+(?:\{[^{}]*\})*")
_ATTACHED_PLURAL = re.compile(r"(?<=[^\W\d_]{3})\((s|es|e|n|en|in|innen|x)\)")
_BRACKETS = re.compile(r"\(\s*\)|(?<=\w)\(([^()]{0,60})\)")
_NO_PAUSE = re.compile(r"[)）]\s*\Z|(?<=[.!?…])[)）]")
_GREEK = re.compile(r"(?<![\u0370-\u03ff\u1f00-\u1fff])[Α-Ωα-ωϕϵ](?![\u0370-\u03ff\u1f00-\u1fff])")

_ARROWS = {
    "→": "→", "⇒": "→", "➜": "→", "➔": "→", "➡": "→", "⟶": "→", "↦": "→", "->": "→", "=>": "→",
    "-->": "→", "==>": "→", "←": "←", "⇐": "←", "<-": "←", "<--": "←", "↔": "↔", "⇔": "↔",
    "<->": "↔", "<=>": "↔",
}  # fmt: skip
_OPERATORS = _ARROWS | {
    "!==": "≠", "!=": "≠", "<>": "≠", "===": "eq", "==": "eq", "=": "eq", ">=": "≥", "<=": "≤",
    "≠": "≠", "≥": "≥", "⩾": "≥", "≤": "≤", "⩽": "≤", "≈": "≈", "≃": "≈", "±": "±", "×": "×",
    "⋅": "×", "÷": "÷", "−": "−",
    "∞": "∞", "√": "√", "↑": "↑", "↓": "↓", "&&": "&", "&": "&", "＆": "&", "§": "§",
}  # fmt: skip
_OPERATOR = re.compile("|".join(re.escape(sign) for sign in sorted(_OPERATORS, key=len)[::-1]))
_MONEY = "$€£¥₹"
_MANY = r"(?:\s?(?:[kKMB]|bn|Mio\.?|Mrd\.?|(?:mi|bi|tri)ll?[io]\w{1,6})\b)?"
_FRACTIONS = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4"}
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")


def say_signs(text: str, language: str) -> str:
    """Put words for the signs of a sentence, as far as the language has them here."""
    text = _LINK_REST.sub(" ", _FOOTNOTE.sub("", text))
    text = _URL.sub(lambda found: site_of(found.group(1)) + _mark_behind(found.group()), text)
    text = _SMILEY.sub(" ", text)
    if "\\" in text:
        phrases = formula_phrases_of(language)
        text = _LATEX.sub(lambda found: f" {say_formula(found.group(), phrases)} ", text)
    for pattern, words in _rules(language):
        text = pattern.sub(words, text)
    text = _ATTACHED_PLURAL.sub(r"\1", text)
    text = _BRACKETS.sub(r" \1 ", text)
    return re.sub(r"[()（）]|(?<=\s)[·|](?=\s)", ", ", _NO_PAUSE.sub("", text))


def site_of(address: str) -> str:
    """Shorten an address to what one would say of it: "example.com"."""
    host = re.sub(r"^(?:\w{1,20}://|mailto:)?(?:www\.)?", "", address)
    host = re.split(r"[/?#:]", host, maxsplit=1)[0].rstrip(".,;!")
    return host if host.isascii() and "%" not in host else re.sub(r"[^\w.-]", " ", host)


def _mark_behind(address: str) -> str:
    return address[-1] if address[-1] in ".,;:!?" else ""


@lru_cache(maxsize=8)
def _rules(language: str) -> list[tuple[re.Pattern[str], _Words]]:
    phrases = phrases_of(language)
    if not phrases.signs:
        # Arrows have long names in every voice; the other signs it says in its own language.
        arrow = "|".join(re.escape(sign) for sign in sorted(_ARROWS, key=len)[::-1])
        return [(re.compile(arrow), lambda _: ", ")]
    rules = [*_names(phrases), *_amounts(phrases), *_arithmetic(phrases)]
    greek = (_GREEK, _greek_name)
    return rules if language == "el" else [greek, *rules]


def _names(phrases: Phrases) -> list[tuple[re.Pattern[str], _Words]]:
    """Signs that belong to a name or stand for a word."""
    signs = phrases.signs
    return [
        (_MAIL, lambda found: f"{found.group(1)} {signs['@']} "),
        (re.compile(r"(?m:^)[ \t]*[✓✔✅☑]\ufe0f?[ \t]*"), lambda _: f" {signs['yes']}, "),
        (re.compile(r"(?m:^)[ \t]*[✗✘❌✖❎☒]\ufe0f?[ \t]*"), lambda _: f" {signs['no']}, "),
        (re.compile("[★⭐]{2,}☆*"), lambda f: f" {_solid(f.group())} {signs['stars']} "),
        (re.compile(r"(?<!\w)([A-GJ])#(?!\w)"), lambda f: f"{f.group(1)} {signs['sharp']}"),
        (re.compile(r"(?<!\w)#\s?(?=\d)(?!\w*[a-f]\w*)"), lambda _: f"{signs['#']} "),
    ]


def _amounts(phrases: Phrases) -> list[tuple[re.Pattern[str], _Words]]:
    """Numbers with what they count, ranges, fractions, powers."""
    signs = phrases.signs
    fraction = phrases.formulas["fraction"]

    def units(found: re.Match[str]) -> str:
        one, many = phrases.units[found.group(2)]
        return f"{found.group(1)} {one if found.group(1) == '1' else many}"

    def part(found: re.Match[str]) -> str:
        known = signs.get(found.group())
        return known or fraction.format(found.group(1), found.group(2))

    def mixed(found: re.Match[str]) -> str:
        half = signs[_FRACTIONS[found.group(2)]]
        return f"{found.group(1)} {signs['&']} {half}" if found.group(1) else half

    def span(found: re.Match[str]) -> str:
        first, last = found.groups()
        is_phone = (len(first), len(last)) == (3, 4) and not last.endswith("0")
        return f"{first} {signs['to'] if int(first) < int(last) and not is_phone else ''} {last}"

    def money(found: re.Match[str]) -> str:
        return f"{found.group(2)} {signs[found.group(1)]}"

    def power(found: re.Match[str]) -> str:
        exponent = found.group(1).translate(_SUPERSCRIPTS)
        raised = {"2": "²", "3": "³"}.get(exponent)
        words = signs[raised] if raised else f"{signs['power']} {exponent}"
        return f" {words} "

    names = "|".join(re.escape(unit) for unit in sorted(phrases.units, key=len)[::-1])
    spelled = "|".join(re.escape(unit) for unit in phrases.units if "/" in unit or "°" in unit)
    return [
        (re.compile(r"(?<=[\d%])\s?–\s?(?=[$€£]?\d)"), lambda _: f" {signs['to']} "),
        (re.compile(r"(?<![\w.,/:-])(\d{1,4})-(\d{1,4})(?![\w/:=-]|[.,]\d|\s?=)"), span),
        (re.compile(r"(?<=\d)-(?=\d+\s?=)"), lambda _: f" {signs['−']} "),
        (re.compile(r"(?<=\d)-(?=\d)"), lambda _: " "),
        (re.compile(rf"(?:US|A|C)?([{_MONEY}])\s?(\d+(?:[.,]\d+)*{_MANY})"), money),
        (re.compile(rf"(?<=\d)\s?([{_MONEY}])(?!\w)"), lambda f: f" {signs[f.group(1)]}"),
        (re.compile(rf"(?<![\w.,])((?:\d[\d.,]*)?\d)\s?({names})(?![\w²³/])"), units),
        (re.compile(rf"(?<![\w/])({spelled})(?!\w)"), lambda f: phrases.units[f.group(1)][-1]),
        (re.compile(r"(?<=\d)\s?°"), lambda _: f" {signs['°']} "),
        (re.compile(rf"(\d)?([{''.join(_FRACTIONS)}])"), mixed),
        (re.compile(r"(?<![\w/.,])24/7(?!\w)"), lambda _: "24 7"),
        (re.compile(r"(?<=[\d)])\s/\s(?=[\d(])|(?<=\))/(?=\d)"), lambda _: f" {signs['÷']} "),
        (re.compile(r"(?<![\w/.,])(\d{1,4})/(\d{1,4})(?![\w/])"), part),
        (re.compile(r"(?<=[\w)])(?:\^|\*\*)\{?(-?\w{1,12})\}?"), power),
        (re.compile(r"(?<=[^\W\d])([²³])"), power),
        (re.compile(r"(?<=\d)([⁰¹²³⁴-⁹⁻⁺]{1,9})"), power),
        (re.compile(r"(?<=[^\W\d])[⁰¹⁴-⁹]+"), lambda _: ""),
    ]


def _arithmetic(phrases: Phrases) -> list[tuple[re.Pattern[str], _Words]]:
    """Operators, comparisons and what is left of the slashes."""
    signs = phrases.signs
    either = phrases.formulas["lor"]

    def operator(found: re.Match[str]) -> str:
        sign = _OPERATORS[found.group()]
        if sign == "→" and not _maps(found):
            return ", "
        return f" {signs[sign]} "

    def more(_: re.Match[str]) -> str:
        return f" {signs['more']} "

    def compare_words(found: re.Match[str]) -> str:
        # "Settings > Privacy" is a path through menus.
        return ", " if found.group(1).isupper() else f" {signs['>']} "

    def compare(found: re.Match[str]) -> str:
        return f" {signs[found.group(1)]} "

    def times(_: re.Match[str]) -> str:
        return f" {signs['×']} "

    def minus(_: re.Match[str]) -> str:
        return f" {signs['−']} "

    operand = r"(?:\d|[^\W\d_](?!\w))"
    return [
        (re.compile("[=*_#~-]{4,}"), lambda _: " "),
        (re.compile(r"(?<!\w)~\s?(?=[$€£]?\d)"), lambda _: f"{signs['≈']} "),
        (_OPERATOR, operator),
        (re.compile(r"(?<![\d)])(?<![\d)]\s)(?<!\b\w)(?<!\b\w\s)>\s?(?=[$€£]?\d)"), more),
        (re.compile(rf"([<>])\s?(?={operand}|[$€£-]\d)"), compare),
        (re.compile(r"(?<=\d)\s?([<>])(?=\s)"), compare),
        (re.compile(r"(?<=\S)\s>\s(?=(\w))"), compare_words),
        (re.compile(r"(?<=[\d)])\s?[*x]\s?(?=[\d(])|(?<=\w)\s\*\s(?=\w)"), times),
        (re.compile(r"(?<=[\d)])\s-\s(?=[\d(])|(?<![\w.)])-(?=\d)"), minus),
        (re.compile(r"(?<=\w)\+\+"), lambda _: f" {signs['+']} {signs['+']} "),
        (re.compile(r"\A\s*\+\s*\Z"), lambda _: signs["+"]),
        (re.compile(r"\+(?=\s?[\w(])|(?<=\w)\+"), lambda _: f" {signs['+']} "),
        (re.compile(r"(?<=\s)(?:\|\||/)(?=\s)"), lambda _: either),
        (re.compile(r"(?<!\w)--?(?=[^\W\d])"), lambda _: ""),
        (re.compile(r"::"), lambda _: " "),
        (re.compile(r"(?<=[^\W\d]):(?=\w)|(?<=\d):(?=[^\W\d])"), lambda _: ": "),
    ]


def _maps(arrow: re.Match[str]) -> bool:
    """Whether an arrow leads from one thing to another; else it only sets words apart."""
    text = arrow.string
    behind = text[arrow.end() :].lstrip()
    if behind[:1].isdigit() or behind[:1] in _MONEY or re.search("[+=] ", text):
        return True
    before = text[: arrow.start()].rstrip()[-2:]
    return not (before.isalnum() and re.match(r"\w\w", behind))


def _solid(stars: str) -> int:
    return sum(star in "★⭐" for star in stars)


def _greek_name(found: re.Match[str]) -> str:
    name = unicodedata.name(found.group(), "").removesuffix(" SYMBOL").split()[-1].lower()
    before, behind = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    return " " * before.isalnum() + name.replace("lamda", "lambda") + " " * behind.isalnum()
