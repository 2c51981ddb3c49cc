"""What pages and this server tell of how it went: times and failures, as rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from services.errors import NotFound
from services.storage.calls import get_call
from services.storage.models import Call, User
from services.storage.records import Failure, Timing


@dataclass(frozen=True)
class Waits:
    """How long somebody waited, in milliseconds; None: it did not come to that."""

    mint_ms: int | None = None
    connect_ms: int | None = None
    first_word_ms: int | None = None
    first_sound_ms: int | None = None


def save_waits(session: Session, user_id: str, call_id: str, waits: Waits, now: datetime) -> Call:
    """Store what somebody's page measured, and give the call that it belongs to.

    Raises:
        NotFound: the call is not theirs.
    """
    call = get_call(session, user_id, call_id)
    session.add(
        Timing(
            user_id=user_id,
            call_id=call_id,
            at=now,
            mode=call.mode,
            provider=call.provider,
            **asdict(waits),
        )
    )
    return call


def save_failure(
    session: Session, code: str, user_id: str | None, call_id: str | None, now: datetime
) -> None:
    """Store that somebody met a failure; of a stranger, and without a call that is theirs."""
    is_known = user_id is not None and session.get(User, user_id) is not None
    if not is_known or user_id is None:
        user_id = call_id = None
    elif call_id is not None:
        try:
            get_call(session, user_id, call_id)
        except NotFound:
            call_id = None
    session.add(Failure(at=now, code=code, user_id=user_id, call_id=call_id))
