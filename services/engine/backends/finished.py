"""Judges by the words alone whether a sentence is finished: pure, English.

What is certain is only the unfinished: nobody ends a turn with "the" or "because". A sentence
that could go on ("I would like a table") looks finished too, so words alone never give a high
probability without a mark that the transcriber heard an end.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"[a-z']+|\d+", re.IGNORECASE)

# Words after which something must follow, by kind.
_ARTICLES = "a an the my your our their every each another some"
_CONJUNCTIONS = "and or but because if unless although though while whereas than whether nor"
_PREPOSITIONS = (
    "of from into onto with without between among during against toward towards upon via "
    "at by for to as per"
)
_AUXILIARIES = "i'm we're they're you're i'll we'll i've we've i'd let's am"
_FILLERS = "um uh er erm hmm mm"
_UNFINISHED = frozenset(
    " ".join([_ARTICLES, _CONJUNCTIONS, _PREPOSITIONS, _AUXILIARIES, _FILLERS]).split()
)
_OPENERS = frozenset("so well also like please which when where who what how why is are".split())
"""As a turn's only word these announce more; later on they may end it ("I think so")."""
_SUBJECTS = frozenset("i we he she they you it that".split())
_HELPERS = frozenset(
    "do does did can could should would will may might must have has had shall".split()
)
_BEING = frozenset("is are was were be been being it's that's".split())
_STRANDED = frozenset("for to at with from of by as".split())
"""A question may end with these: "what is it made of?", "where are you from?"."""
_WH_WORDS = frozenset("what which who whom whose where when how".split())
_COMPLETE_ALONE = frozenset(
    "yes no yeah yep nope okay ok sure thanks hello hi hey bye goodbye stop continue right "
    "exactly correct please help nothing repeat".split()
)

UNFINISHED = 0.05
CLEARLY = 0.9
MAYBE = 0.6
DOUBTFUL = 0.35


def finished_by_words(words: str) -> float:
    """Probability, 0 to 1, that these words are a whole turn."""
    text = words.strip()
    tokens = [match.group().lower() for match in _WORD.finditer(text)]
    if not tokens:
        return DOUBTFUL
    if text.endswith(("...", "…", ",", "-", "–", "—", ":")):
        return UNFINISHED
    asks = text.endswith("?")
    if tokens[-1] in _UNFINISHED and not (asks and _may_be_stranded(tokens)):
        return UNFINISHED
    if len(tokens) == 1:
        return _judge_single(tokens[0])
    if _lacks_predicate(tokens, text.endswith((".", "?", "!"))):
        return UNFINISHED
    if text.endswith((".", "?", "!")):
        return CLEARLY
    return MAYBE


def _lacks_predicate(tokens: list[str], marked: bool) -> bool:
    """Find "what is", "where can I", "and I"; spare "yes, it is." and "who is it?"."""
    last, before = tokens[-1], tokens[-2]
    asks = tokens[0] in _WH_WORDS
    if last in _BEING or last in _HELPERS:
        return not marked or (asks and len(tokens) == 2)
    if last not in _SUBJECTS:
        return False
    if before in _HELPERS:
        return asks and len(tokens) == 3
    return last in ("i", "we", "he", "she", "they") and before not in _BEING


def _may_be_stranded(tokens: list[str]) -> bool:
    return tokens[-1] in _STRANDED and any(token in _WH_WORDS for token in tokens[:-1])


def _judge_single(token: str) -> float:
    if token in _COMPLETE_ALONE:
        return CLEARLY
    return UNFINISHED if token in _OPENERS else MAYBE
