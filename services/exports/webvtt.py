"""A conversation as WebVTT: subtitles for a recording that somebody made of its calls.

Times count from the beginning of the first call. Later calls follow without the pause between; a
note says when each began.
Source: https://www.w3.org/TR/webvtt1/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from operator import itemgetter

from services.storage.models import Call, Conversation, Turn

VOICES = {"user": "You", "assistant": "Assistant"}
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
SHORTEST = timedelta(milliseconds=500)
"""A cue that is shorter cannot be read."""
NEAR = timedelta(minutes=5)
"""Clocks of pages are wrong by a little; what is further from all calls was said in none of them,
or its call is not kept any more."""
CHARACTERS_PER_SECOND = 14
"""Of calm speech; tells when a turn ended whose end nobody measured."""


@dataclass(frozen=True)
class Cue:
    """A turn on the time line of the file."""

    begin: timedelta
    end: timedelta
    turn: Turn


def to_webvtt(conversation: Conversation, turns: Sequence[Turn], calls: Sequence[Call]) -> str:
    """Give the conversation as cues.

    Args:
        conversation: its title heads the file.
        turns: in the order in which they began.
        calls: that were connected, in order; their times are this server's, those of the turns
            the page's.
    """
    blocks = [f"WEBVTT - {_line(conversation.title) or 'Untitled'}"]
    offset = timedelta()
    spoken = [turn for turn in turns if turn.text.strip()]
    for call, of_call in _pieces(spoken, calls):
        origin = _origin(call, of_call)
        blocks.append(f"NOTE Call of {origin:%Y-%m-%d %H:%M:%S} UTC")
        cues = list(_cues(of_call, origin, offset))
        blocks += [_block(cue) for cue in cues]
        offset = max(cue.end for cue in cues)
        if call is not None and call.ended_at is not None:
            offset = max(offset, cues[0].begin + call.ended_at - of_call[0].started_at)
    return "\n\n".join(blocks) + "\n"


def _pieces(
    turns: Sequence[Turn], calls: Sequence[Call]
) -> Iterator[tuple[Call | None, list[Turn]]]:
    """Part the turns by their calls, and those of no call by long silence."""
    piece: list[Turn] = []
    call: Call | None = None
    for turn in turns:
        before, call = call, _call_of(turn, calls)
        is_late = call is None and bool(piece) and turn.started_at - piece[-1].started_at > NEAR
        if piece and (call is not before or is_late):
            yield before, piece
            piece = []
        piece.append(turn)
    if piece:
        yield call, piece


def _call_of(turn: Turn, calls: Sequence[Call]) -> Call | None:
    """Give the call that is nearest, of equals the later one; None: none is near."""
    near = [
        (gap, call)
        for call, following in zip_longest(calls, calls[1:])
        if (gap := _gap(turn.started_at, call, following)) <= NEAR
    ]
    return min(reversed(near), key=itemgetter(0))[1] if near else None


def _gap(at: datetime, call: Call, following: Call | None) -> timedelta:
    """Say how far a moment is from a call, which is over once the following one has begun."""
    ends = [end for end in (call.ended_at, following and following.connected_at) if end]
    return max((call.connected_at or at) - at, at - min(ends, default=at), timedelta())


def _origin(call: Call | None, turns: Sequence[Turn]) -> datetime:
    first = turns[0].started_at
    return min(first, call.connected_at) if call and call.connected_at else first


def _cues(turns: Sequence[Turn], origin: datetime, offset: timedelta) -> Iterator[Cue]:
    following = [turn.started_at for turn in turns[1:]]
    for turn, after in zip(turns, [*following, None], strict=True):
        begin = offset + turn.started_at - origin
        lasts = timedelta(seconds=1 + len(turn.text) / CHARACTERS_PER_SECOND)
        if turn.ended_at is not None:
            lasts = turn.ended_at - turn.started_at
        elif after is not None:
            lasts = min(lasts, after - turn.started_at)
        yield Cue(begin, begin + max(lasts, SHORTEST), turn)


def _block(cue: Cue) -> str:
    text = "\n".join(line for line in map(_line, cue.turn.text.splitlines()) if line)
    mark = " —" if cue.turn.interrupted else ""
    voice = VOICES[cue.turn.role]
    return (
        f"{cue.turn.item_id}\n{_time(cue.begin)} --> {_time(cue.end)}\n<v {voice}>{text}{mark}</v>"
    )


def _line(text: str) -> str:
    """Write a line so that no sign of it is taken for a tag or for the end of the cue."""
    return "".join(ESCAPES.get(sign, sign) for sign in " ".join(text.split()))


def _time(since: timedelta) -> str:
    milliseconds = round(since / timedelta(milliseconds=1))
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"
