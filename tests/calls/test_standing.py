"""What counts of the calls that are going on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

from services.calls.standing import Standing
from services.storage.models import Call

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def call(name: str, conversation_id: str | None, ended_at: datetime | None = None) -> Call:
    return Call(id=name, conversation_id=conversation_id, connected_at=NOON, ended_at=ended_at)


def test_a_conversation_counts_once_and_not_for_itself():
    calls = (
        call("old", "over", NOON),
        call("first", "talk"),
        call("second", "talk"),
        call("other", "walk"),
        call("deleted", None),
        call("deleted, too", None),
    )
    standing = Standing(cast(Any, None), NOON, calls, 0)

    counted = [standing.others_at_once(each) for each in (None, "talk", "walk", "over")]

    assert counted == [4, 3, 3, 4]
