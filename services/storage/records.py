"""The tables of what is counted: money, times and failures. No word that was said is in them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column

from services.storage.models import Base

ROW_ID = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts by itself in INTEGER keys only."""


class UsageRecord(Base):
    """What one reply, one transcription or one spoken text used up."""

    __tablename__ = "usage"
    __table_args__ = (
        Unique("call_id", "response_id", name="uq_usage_call_response"),
        Index("ix_usage_user_at", "user_id", "at"),
        Index("ix_usage_at", "at"),
    )

    id: Mapped[int] = mapped_column(ROW_ID, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    call_id: Mapped[str | None] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    """None: it was used outside a call, such as a voice that is tried in the settings."""
    response_id: Mapped[str] = mapped_column(String(128))
    """The provider's name for what was used; the same one is counted once."""
    item_id: Mapped[str | None] = mapped_column(String(128))
    """The turn that it belongs to, as in `turns`; None: no single one."""
    at: Mapped[datetime]
    provider: Mapped[str] = mapped_column(String(32))
    model: Mapped[str] = mapped_column(String(128))
    kind: Mapped[str] = mapped_column(String(16))
    """`reply`, `transcription` or `speech`."""
    counts: Mapped[str] = mapped_column(Text)
    """Tokens, seconds or characters, JSON."""
    cost_micro_usd: Mapped[int | None] = mapped_column(BigInteger)
    """Millionths of a dollar; None: it cannot be told."""
    spent_micro_usd: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """What the day's money lost by it: the cost, or the most that it may have been."""


class DaySpent(Base):
    """The money of one day (UTC); it stays when those who spent it have their data deleted."""

    __tablename__ = "budgets"

    day: Mapped[date] = mapped_column(primary_key=True)
    micro_usd: Mapped[int] = mapped_column(BigInteger)


class Timing(Base):
    """How long somebody waited, in milliseconds; None: it did not come to that."""

    __tablename__ = "timings"
    __table_args__ = (
        Index("ix_timings_at", "at"),
        Index("ix_timings_user_at", "user_id", "at"),
        Index("ix_timings_call", "call_id"),
    )

    id: Mapped[int] = mapped_column(ROW_ID, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    call_id: Mapped[str | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"))
    at: Mapped[datetime]
    mode: Mapped[str] = mapped_column(String(16))
    provider: Mapped[str] = mapped_column(String(32))
    mint_ms: Mapped[int | None]
    """Asking for the session until it was there."""
    connect_ms: Mapped[int | None]
    """The click until events could pass."""
    first_word_ms: Mapped[int | None]
    """End of speech until the first word of the reply."""
    first_sound_ms: Mapped[int | None]
    """End of speech until the first sound of the reply."""


class Failure(Base):
    """A failure that somebody met, by its code."""

    __tablename__ = "errors"
    __table_args__ = (
        Index("ix_errors_at", "at"),
        Index("ix_errors_user_at", "user_id", "at"),
        Index("ix_errors_call", "call_id"),
    )

    id: Mapped[int] = mapped_column(ROW_ID, primary_key=True)
    at: Mapped[datetime]
    code: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    """None: nobody was known yet."""
    call_id: Mapped[str | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"))


class Erasure(Base):
    """Somebody deleted all of theirs: each machine throws away what it spoke before. Who: gone."""

    __tablename__ = "erasures"

    id: Mapped[int] = mapped_column(ROW_ID, primary_key=True)
    at: Mapped[datetime]
