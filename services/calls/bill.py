"""What is written on a call's bill, and how far a page is believed that tells of it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from services.storage.models import Call
from services.storage.usage import NewUsage
from services.usage.made import Made
from services.usage.report import Models, Used

MODEL_LENGTH = 128
"""Of the column; only servers of one's own have longer names."""
BELIEVED_MICRO_USD_PER_SECOND = 50_000
"""Three dollars a minute: the dearest model, hearing ten times a minute 10,000 tokens anew that it
should have remembered. A talk costs a tenth of that."""
HEAD_START = timedelta(seconds=10)
"""So much more is believed: the first reply reads what was said in the calls before."""
BELIEVED_AFTERWARDS = timedelta(minutes=10)
"""A page may have had no network at the end of its call."""

log = logging.getLogger(__name__)


def believe(call: Call, told: Sequence[NewUsage], spent: int, now: datetime) -> list[NewUsage]:
    """Take from what a page tells as much as its call can have cost.

    Whoever talks can make a page say anything, and the day's money is everybody's.

    Args:
        call: one that was connected.
        told: by its page.
        spent: what is on its bill already, in millionths of a dollar.
        now: aware.

    Returns:
        Empty: this server hears the call by itself, or it is long over.
    """
    end = call.ended_at or now
    if call.transport == "websocket" or now - end > BELIEVED_AFTERWARDS:
        return []
    lived = end - (call.connected_at or end) + HEAD_START
    room = max(0, int(lived.total_seconds() * BELIEVED_MICRO_USD_PER_SECOND) - spent)
    rows = []
    for row in told:
        rows.append(row.within(room))
        room -= rows[-1].spent_micro_usd
    if rows != list(told):
        log.warning("call %s: its page tells of more than it can have cost", call.id)
    return rows


def of_line(used: Used, models: Models) -> NewUsage:
    """Give the row of what the provider told of."""
    cost = models.cost(used)
    return NewUsage(
        response_id=used.id,
        item_id=used.item_id,
        provider=models.provider,
        model=models.of(used)[:MODEL_LENGTH],
        kind=used.kind,
        counts=used.counts.named() if used.counts else {},
        cost_micro_usd=cost,
        most_micro_usd=models.most(used) if cost is None else 0,
    )


def of_work(made: Made) -> NewUsage:
    """Give the row of what was made besides a call's own line."""
    return NewUsage(
        response_id=f"made_{secrets.token_hex(12)}",
        item_id=None,
        provider=made.provider,
        model=made.model[:MODEL_LENGTH],
        kind=made.kind,
        counts=made.counts.named(),
        cost_micro_usd=made.cost_micro_usd,
    )
