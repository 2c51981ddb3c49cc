"""Users, conversations, turns and calls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("created_at", TIME, nullable=False),
    )
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column(
            "user_id",
            sa.String(64),
            sa.ForeignKey("users.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
    )
    op.create_index("ix_conversations_user_updated", "conversations", ["user_id", "updated_at"])
    op.create_table(
        "turns",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "conversation_id",
            sa.String(64),
            sa.ForeignKey("conversations.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("item_id", sa.String(128), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("interrupted", sa.Boolean, nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("provider", sa.String(32), nullable=False),
        sa.UniqueConstraint("conversation_id", "item_id", name="uq_turns_conversation_item"),
    )
    op.create_index("ix_turns_conversation_started", "turns", ["conversation_id", "started_at"])
    _create_calls()


def _create_calls() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column(
            "user_id",
            sa.String(64),
            sa.ForeignKey("users.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column(
            "conversation_id",
            sa.String(64),
            sa.ForeignKey("conversations.id", ondelete="SET NULL"),
        ),
        sa.Column("provider", sa.String(32), nullable=False),
        sa.Column("model", sa.String(128), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("connect_via", sa.String(16), nullable=False),
        sa.Column("session", sa.Text, nullable=False),
        sa.Column("key_hash", sa.String(64)),
        sa.Column("key_expires_at", TIME),
        sa.Column("provider_call_id", sa.String(256)),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("connected_at", TIME),
        sa.Column("ends_at", TIME),
        sa.Column("last_seen_at", TIME),
        sa.Column("ended_at", TIME),
        sa.Column("end_reason", sa.String(32)),
    )
    op.create_index("ix_calls_user_connected", "calls", ["user_id", "connected_at"])
    op.create_index("ix_calls_conversation", "calls", ["conversation_id"])


def downgrade() -> None:
    for table in ("calls", "turns", "conversations", "users"):
        op.drop_table(table)
