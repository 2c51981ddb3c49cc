r"""Says LaTeX formulas: `\\frac{a}{b}` → "a over b". Unknown commands are said by their name."""

from __future__ import annotations

import re

from services.speech.phrases import Phrases

_TOKEN = re.compile(r"\\([a-zA-Z]+)|\\(.)|([0-9]+(?:[.,][0-9]+)*)|(\s+)|(.)", re.DOTALL)
_DEEPEST = 12
"""Nested groups. Nobody follows more by ear."""

_SAME = {
    "times": "×", "cdot": "×", "ast": "×", "div": "÷", "pm": "±", "mp": "±", "le": "≤", "leq": "≤",
    "leqslant": "≤", "ge": "≥", "geq": "≥", "geqslant": "≥", "ne": "≠", "neq": "≠", "lt": "<",
    "gt": ">", "approx": "≈", "sim": "≈", "simeq": "≈", "to": "→", "rightarrow": "→",
    "mapsto": "→", "longrightarrow": "→", "leftarrow": "←", "infty": "∞", "degree": "°", "&": "&",
}  # fmt: skip
"""Commands that mean a sign."""
_ALIASES = {
    "dfrac": "frac", "tfrac": "frac", "cfrac": "frac", "dbinom": "binom", "tbinom": "binom",
    "subseteq": "subset", "Rightarrow": "implies", "Longrightarrow": "implies",
    "Leftrightarrow": "iff", "iint": "int", "oint": "int", "wedge": "land", "vee": "lor",
    "lnot": "neg", "varnothing": "emptyset", "overrightarrow": "vec", "cong": "equiv",
}  # fmt: skip
_SILENT = frozenset(
    "left right big Big bigg Bigg bigl bigr Bigl Bigr quad qquad displaystyle textstyle limits "
    "nolimits begin end hline boxed mathbf mathrm mathit mathbb mathcal mathfrak boldsymbol bm "
    "text textbf textit textrm operatorname label tag nonumber overline bar hat tilde dot ddot "
    "widehat widetilde underline underbrace overbrace mathop rm bf it tiny small large".split()
)
_WORDS = frozenset("text textbf textit textrm mathrm operatorname mathit mathbf rm".split())
"""What is in their braces is a word, not a product of letters."""
_DROPPED = frozenset(("begin", "end", "label", "tag"))
"""What is in their braces is not said either."""
_PAUSES = frozenset("ldots cdots dots vdots ddots dotsc dotsb".split())
_LARGE = frozenset(("sum", "prod", "int", "lim"))
_SIGNS = {"=": "eq", "-": "−", "/": "over", "*": "×", "∗": "×", "·": "×"}
_POWERS = {"2": "²", "3": "³"}


def say_formula(latex: str, phrases: Phrases) -> str:
    """Give the words of a formula; a sign that the language has no word for stays as it is."""
    parts = _Reader(latex, phrases).sequence(0)
    return re.sub(r"\s+([,.])", r"\1", " ".join(" ".join(parts).split()))


class _Reader:
    """Reads a formula from left to right."""

    def __init__(self, latex: str, phrases: Phrases) -> None:
        self._tokens = [match.group() for match in _TOKEN.finditer(latex)]
        self._at = 0
        self._phrases = phrases

    def sequence(self, depth: int) -> list[str]:
        """Read to the end of the group."""
        parts: list[str] = []
        while (token := self._next()) is not None:
            if token == "}" and depth:
                break
            if token in ("^", "_"):
                self._attach(token, parts, depth)
            elif token == "'" and parts:
                parts.append(self._phrases.formulas["prime"].format(parts.pop()))
            elif said := self._say(token, depth):
                parts.append(said)
        return parts

    def _next(self) -> str | None:
        self._at += 1
        return self._tokens[self._at - 1] if self._at <= len(self._tokens) else None

    def _peek(self) -> str:
        while self._at < len(self._tokens) and self._tokens[self._at].isspace():
            self._at += 1
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _argument(self, depth: int) -> str:
        token = self._peek()
        if not token or token == "}" or depth >= _DEEPEST:
            return ""
        self._at += 1
        if token == "{":
            return " ".join(self.sequence(depth + 1))
        # "x^10" means x¹0 to LaTeX, but nobody writes that.
        return self._say(token, depth + 1)

    def _letters(self) -> str:
        if self._peek() != "{":
            return ""
        letters: list[str] = []
        self._at += 1
        while (token := self._next()) is not None and token != "}":
            letters.append(token if not token.startswith("\\") else " ")
        words = "".join(letters).replace("{", " ").strip()
        unit = words.replace("^2", "²").replace("^3", "³")
        return self._phrases.units.get(unit, (words,))[-1]

    def _say(self, token: str, depth: int) -> str:
        if token == "{":
            return " ".join(self.sequence(depth + 1)) if depth < _DEEPEST else ""
        if token.startswith("\\"):
            return self._command(token[1:], depth)
        if token == "!":
            return self._phrases.formulas["!"]
        if token in _SIGNS:
            return self._sign(_SIGNS[token])
        if token in "~&|[](){}$`'\"#@":
            return ""
        return self._sign(token)

    def _sign(self, sign: str) -> str:
        plain = {"eq": "=", "over": " "}
        return self._phrases.signs.get(sign, plain.get(sign, sign))

    def _command(self, name: str, depth: int) -> str:
        name = _ALIASES.get(name, name)
        forms = self._phrases.formulas
        if name in _DROPPED:
            self._letters()
            return ""
        if name in _WORDS:
            return self._letters()
        if name in _SAME:
            return self._sign(_SAME[name])
        if name == "sqrt":
            return self._root(depth)
        if name in ("frac", "binom"):
            above, below = self._argument(depth), self._argument(depth)
            return forms["fraction" if name == "frac" else "binom"].format(above, below)
        if name == "vec":
            return forms["vec"].format(self._argument(depth))
        if name in _LARGE:
            return self._large(name, depth)
        if name in _PAUSES or name == "\\":
            return ","
        if name in _SILENT or not name.isalpha():
            return "%" if name == "%" else ""
        return forms.get(name, name)

    def _root(self, depth: int) -> str:
        degree = ""
        if self._peek() == "[":
            self._at += 1
            inner = iter(lambda: self._next() or "]", "]")
            degree = " ".join(inner)
        shape = self._phrases.formulas["nth-root" if degree else "root"]
        radicand = self._argument(depth)
        return shape.format(degree, radicand) if degree else shape.format(radicand)

    def _large(self, name: str, depth: int) -> str:
        """A sum or the like with its limits."""
        forms = self._phrases.formulas
        limits = {"_": "", "^": ""}
        if self._peek() == "\\limits":
            self._at += 1
        while (mark := self._peek()) in limits and mark and not limits[mark]:
            self._at += 1
            limits[mark] = self._argument(depth) or " "
        if limits["_"].strip() and limits["^"].strip():
            return forms["range"].format(forms[name], limits["_"], limits["^"])
        below = limits["_"].strip()
        return forms["for"].format(forms[name], below) if below else forms[name]

    def _attach(self, mark: str, parts: list[str], depth: int) -> None:
        """Say what stands high or low beside the last part."""
        raised = self._peek()
        said = self._argument(depth)
        base = parts.pop() if parts else ""
        forms = self._phrases.formulas
        if raised in ("\\circ", "\\degree"):
            words = f"{base} {self._sign('°')}"
        elif raised in ("\\prime", "'"):
            words = forms["prime"].format(base)
        elif mark == "_":
            words = forms["index"].format(base, said)
        elif said in _POWERS and _POWERS[said] in self._phrases.signs:
            words = f"{base} {self._phrases.signs[_POWERS[said]]}"
        else:
            words = forms["power"].format(base, said)
        parts.append(words.strip())
