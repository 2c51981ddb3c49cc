"""The tables. Times are aware and in UTC; ids that leave the server cannot be guessed."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, ForeignKey, Index, String, Text, TypeDecorator, text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time. SQLite forgets the zone, so it is put back when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store as UTC; a time without a zone is a mistake of ours."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the time back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


WORDS = Text().with_variant(TSVECTOR(), "postgresql")
"""Words between spaces; PostgreSQL keeps them read, SQLite reads them into an index of its own."""


class Base(DeclarativeBase):
    """What all tables have in common."""

    type_annotation_map = {datetime: UtcDateTime}


class User(Base):
    """Somebody who talked with us."""

    __tablename__ = "users"
    __table_args__ = (Index("uq_users_issuer_subject", "issuer", "subject", unique=True),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime]
    label: Mapped[str | None] = mapped_column(Text)
    """The e-mail address that somebody gave; it proves nothing. None: nobody asked."""
    issuer: Mapped[str | None] = mapped_column(Text)
    """The OpenID provider that vouches for them."""
    subject: Mapped[str | None] = mapped_column(Text)
    """Their name at the issuer, which never changes."""


class SignIn(Base):
    """Somebody has signed in and not out again; with the row, the browser's cookie ends, too."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index("ix_sign_ins_user", "user_id"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]


class StoredSetting(Base):
    """One thing that somebody chose; what has no row is as it is for everybody."""

    __tablename__ = "settings"

    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    """JSON; checked again when it is read, another version may have written it."""


class Conversation(Base):
    """A thread of turns; it outlives the calls in which they were spoken."""

    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_user_updated", "user_id", "updated_at"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(200), default="")
    mode: Mapped[str] = mapped_column(String(16))
    """The mode of its last turn."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    """When somebody deleted it; for some seconds that can be undone, then it is swept away."""
    title_words: Mapped[str | None] = mapped_column(Text)
    """For the search, words of a title that somebody chose; None: it follows the first words."""


class Turn(Base):
    """One utterance."""

    __tablename__ = "turns"
    __table_args__ = (
        Unique("conversation_id", "item_id", name="uq_turns_conversation_item"),
        Index("ix_turns_conversation_started", "conversation_id", "started_at"),
        Index(
            "ix_turns_unread",
            "id",
            sqlite_where=text("words IS NULL"),
            postgresql_where=text("words IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    item_id: Mapped[str] = mapped_column(String(128))
    """The provider's or the page's name for it."""
    role: Mapped[str] = mapped_column(String(16))
    """`user` or `assistant`."""
    text: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime]
    interrupted: Mapped[bool]
    """The text is only what was heard before somebody spoke into it."""
    mode: Mapped[str] = mapped_column(String(16))
    provider: Mapped[str] = mapped_column(String(32))
    ended_at: Mapped[datetime | None]
    """When it was over; None: nobody measured."""
    places: Mapped[str | None] = mapped_column(Text)
    """Where its sound and its text went, JSON; None: it was stored before this was noted."""
    words: Mapped[str | None] = mapped_column(WORDS, deferred=True)
    """For the search, between spaces; None: not read yet, as older versions leave it."""


class Call(Base):
    """One live session between a browser and a provider."""

    __tablename__ = "calls"
    __table_args__ = (
        Index("ix_calls_user_connected", "user_id", "connected_at"),
        Index("ix_calls_user_created", "user_id", "created_at"),
        Index("ix_calls_conversation", "conversation_id"),
        # What the sweeper looks through: only what is going on.
        Index(
            "ix_calls_open",
            "last_seen_at",
            sqlite_where=text("connected_at IS NOT NULL AND ended_at IS NULL"),
            postgresql_where=text("connected_at IS NOT NULL AND ended_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    conversation_id: Mapped[str | None] = mapped_column(
        ForeignKey("conversations.id", ondelete="SET NULL")
    )
    """None once the conversation was deleted: the minutes still count."""
    provider: Mapped[str] = mapped_column(String(32))
    model: Mapped[str] = mapped_column(String(128))
    mode: Mapped[str] = mapped_column(String(16))
    transport: Mapped[str] = mapped_column(String(16), server_default="webrtc")
    """`webrtc` or `websocket`; it stays the same as long as the call lives."""
    connect_via: Mapped[str] = mapped_column(String(16))
    session: Mapped[str] = mapped_column(Text)
    """The provider's session object, JSON; sent along with the offer in broker mode."""
    key_hash: Mapped[str | None] = mapped_column(String(64))
    """SHA-256, hexadecimal, of the browser's key; None in broker mode."""
    key_expires_at: Mapped[datetime | None]
    provider_call_id: Mapped[str | None] = mapped_column(String(256))
    created_at: Mapped[datetime]
    connected_at: Mapped[datetime | None]
    """When its offer came; a call counts from then on."""
    ends_at: Mapped[datetime | None]
    """When its minutes will be over."""
    last_seen_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(32))
    """`user`, `limit`, `day`, `budget` or `lost`; of a live call, why it will end at `ends_at`."""
    landing_at: Mapped[datetime | None]
    """When the day's money was used up during it; soon after, it ends."""
