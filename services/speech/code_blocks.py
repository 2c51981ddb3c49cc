"""Announces blocks of code, and knows the rest of one that was cut in two."""

from __future__ import annotations

import re

from markdown_it.token import Token

from services.speech.phrases import phrases_of

_NAMES = {
    "py": "Python", "python": "Python", "python3": "Python", "js": "JavaScript",
    "javascript": "JavaScript", "jsx": "JavaScript", "mjs": "JavaScript", "ts": "TypeScript",
    "typescript": "TypeScript", "tsx": "TypeScript", "sh": "Shell", "bash": "Bash", "zsh": "Shell",
    "shell": "Shell", "console": "Shell", "powershell": "PowerShell", "ps1": "PowerShell",
    "cpp": "C plus plus", "c++": "C plus plus", "cs": "C sharp", "csharp": "C sharp",
    "c#": "C sharp",
    "html": "HTML", "css": "CSS", "scss": "SCSS", "sql": "SQL", "json": "JSON", "jsonc": "JSON",
    "yaml": "YAML", "yml": "YAML", "toml": "TOML", "xml": "XML", "ini": "INI", "php": "PHP",
    "rb": "Ruby", "rs": "Rust", "kt": "Kotlin", "go": "Go", "golang": "Go", "md": "Markdown",
    "markdown": "Markdown", "tex": "LaTeX", "latex": "LaTeX", "dockerfile": "Docker", "vb": "Basic",
    "objc": "Objective C", "graphql": "GraphQL", "http": "HTTP", "csv": "CSV", "r": "R",
}  # fmt: skip
_UNNAMED = frozenset(("", "text", "txt", "plaintext", "plain", "output", "code", "none"))
_CLOSING = re.compile(r"[ \t>]*(?:`{3,}|~{3,})[ \t]*\Z")
_ANY_FENCE = re.compile(r"^[ \t>]*(?:[-*+]|\d{1,9}[.)])?[ \t]*(?:`{3}|~{3})", re.MULTILINE)
_CODE_LINE = re.compile(
    r"[ \t]{2,}\S.*|.*[;{}()\[\],:=<>\\]\s*|.*(?:\w\(|\s=\s|->|=>|::|</|\":).*|\s*(?:#|//|--).*|"
)
_LONG = 1000
"""Characters. Only a block that did not fit into one chunk goes on without its fence."""


def announce(fence: Token, language: str) -> str:
    """Say that there is code, in which language, and how long it is if its end is seen."""
    phrases = phrases_of(language)
    tag = re.split(r"[\s{,:=]", fence.info.strip() or " ", maxsplit=1)[0].lower()
    known = _NAMES.get(tag) or re.sub(r"[\W_]+", " ", tag).strip().capitalize()
    name = phrases.name.format(known) if tag not in _UNNAMED and known else ""
    first, last = fence.map or [0, 0]
    lines = fence.content.count("\n")
    counted = ""
    if lines and last - first == lines + 2:
        counted = phrases.one_line if lines == 1 else phrases.lines.format(lines)
    said = phrases.code.format(name=name, lines=counted)
    return re.sub(r"^A (?=[AEIO]|(?:HTML|XML|SCSS|SQL|R) )", "An ", said)


def is_code_without_fence(text: str) -> bool:
    """Whether this is a later part of a code block, which has been announced already."""
    lines = text.splitlines()
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        return False
    fences = len(_ANY_FENCE.findall(text))
    if fences == 1 and _CLOSING.fullmatch(lines[-1]):
        return len(lines) == 1 or not lines[-2].rstrip().endswith(":") or len(lines) > 2
    if fences or len(text) < _LONG or len(lines) < 8:
        return False
    return sum(_CODE_LINE.fullmatch(line) is not None for line in lines) > 0.7 * len(lines)
