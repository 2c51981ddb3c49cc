"""People, deleted conversations, money, times, failures and a search index.

Only adds: tables, columns that may be empty, and indexes. The version before it goes on serving
meanwhile, and what it writes is found, too. Each step may be repeated (see env.py).
"""

from __future__ import annotations

from functools import partial

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
WORDS = sa.Text().with_variant(TSVECTOR(), "postgresql")
ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
NEW_COLUMNS = (
    ("users", "label", sa.Text),
    ("users", "issuer", sa.Text),
    ("users", "subject", sa.Text),
    ("conversations", "deleted_at", TIME),
    ("conversations", "title_words", sa.Text),
    ("turns", "ended_at", TIME),
    ("turns", "words", WORDS),
    ("turns", "places", sa.Text),
    ("calls", "landing_at", TIME),
)
_create_table = partial(op.create_table, if_not_exists=True)
_create_index = partial(op.create_index, if_not_exists=True)
GOING_ON = sa.text("connected_at IS NOT NULL AND ended_at IS NULL")

# The words of a turn are cut by services/storage/words.py, the same for both databases; what is
# without them (an older version wrote it) is found by the partial index, and caught up with.
# Each database only parts them at spaces again: to SQLite's "ascii" all signs beyond ASCII are
# letters, and what is written into a tsvector column meets no parser.
# Source: https://www.sqlite.org/fts5.html#ascii_tokenizer,
# https://www.postgresql.org/docs/current/datatype-textsearch.html
WITHOUT_WORDS = sa.text("words IS NULL")
SQLITE_SEARCH = (
    """CREATE VIRTUAL TABLE turns_fts USING fts5(
        words, content='turns', content_rowid='id', tokenize='ascii', prefix='1 2 3',
        detail='none', columnsize=0)""",
    """CREATE TRIGGER turns_fts_insert AFTER INSERT ON turns WHEN new.words IS NOT NULL BEGIN
        INSERT INTO turns_fts (rowid, words) VALUES (new.id, new.words);
    END""",
    """CREATE TRIGGER turns_fts_update AFTER UPDATE OF words ON turns
        WHEN new.words IS NOT old.words BEGIN
        INSERT INTO turns_fts (turns_fts, rowid, words)
            SELECT 'delete', old.id, old.words WHERE old.words IS NOT NULL;
        INSERT INTO turns_fts (rowid, words)
            SELECT new.id, new.words WHERE new.words IS NOT NULL;
    END""",
    """CREATE TRIGGER turns_fts_delete AFTER DELETE ON turns WHEN old.words IS NOT NULL BEGIN
        INSERT INTO turns_fts (turns_fts, rowid, words) VALUES ('delete', old.id, old.words);
    END""",
)
POSTGRESQL_SEARCH = ("CREATE INDEX IF NOT EXISTS ix_turns_words ON turns USING gin (words)",)


def upgrade() -> None:
    for table, name, kind in NEW_COLUMNS:
        # SQLite knows no such words, and takes a migration as a whole.
        once = None if _is_sqlite() else True
        op.add_column(table, sa.Column(name, kind, nullable=True), if_not_exists=once)
    _create_index("uq_users_issuer_subject", "users", ["issuer", "subject"], unique=True)
    _create_index("ix_calls_user_created", "calls", ["user_id", "created_at"])
    _create_index(
        "ix_calls_open", "calls", ["last_seen_at"], sqlite_where=GOING_ON, postgresql_where=GOING_ON
    )
    _create_index(
        "ix_turns_unread",
        "turns",
        ["id"],
        sqlite_where=WITHOUT_WORDS,
        postgresql_where=WITHOUT_WORDS,
    )
    _create_sign_ins()
    _create_money()
    _create_measured()
    for statement in SQLITE_SEARCH if _is_sqlite() else POSTGRESQL_SEARCH:
        op.execute(statement)


def _create_sign_ins() -> None:
    _create_table(
        "sign_ins",
        sa.Column("id", sa.String(64), primary_key=True),
        _user(nullable=False),
        sa.Column("created_at", TIME, nullable=False),
    )
    _create_index("ix_sign_ins_user", "sign_ins", ["user_id"])


def _create_money() -> None:
    _create_table(
        "usage",
        sa.Column("id", ROW_ID, primary_key=True),
        _user(nullable=False),
        _call("CASCADE"),
        sa.Column("response_id", sa.String(128), nullable=False),
        sa.Column("item_id", sa.String(128)),
        sa.Column("at", TIME, nullable=False),
        sa.Column("provider", sa.String(32), nullable=False),
        sa.Column("model", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
        sa.Column("cost_micro_usd", sa.BigInteger),
        sa.Column("spent_micro_usd", sa.BigInteger, nullable=False, server_default="0"),
        sa.UniqueConstraint("call_id", "response_id", name="uq_usage_call_response"),
    )
    _create_index("ix_usage_user_at", "usage", ["user_id", "at"])
    _create_index("ix_usage_at", "usage", ["at"])
    _create_table(
        "budgets",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("micro_usd", sa.BigInteger, nullable=False),
    )


def _create_measured() -> None:
    _create_table(
        "timings",
        sa.Column("id", ROW_ID, primary_key=True),
        _user(nullable=False),
        _call("SET NULL"),
        sa.Column("at", TIME, nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("provider", sa.String(32), nullable=False),
        sa.Column("mint_ms", sa.Integer),
        sa.Column("connect_ms", sa.Integer),
        sa.Column("first_word_ms", sa.Integer),
        sa.Column("first_sound_ms", sa.Integer),
    )
    _create_table(
        "errors",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        _user(nullable=True),
        _call("SET NULL"),
    )
    for table in ("timings", "errors"):
        _create_index(f"ix_{table}_at", table, ["at"])
        _create_index(f"ix_{table}_user_at", table, ["user_id", "at"])
        # Calls that were never connected are deleted, and these look for them.
        _create_index(f"ix_{table}_call", table, ["call_id"])
    _create_table(
        "erasures",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("at", TIME, nullable=False),
    )


def downgrade() -> None:
    if _is_sqlite():
        for name in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER turns_fts_{name}")
        op.drop_table("turns_fts")
    else:
        op.drop_index("ix_turns_words", "turns")
    for table in ("erasures", "errors", "timings", "budgets", "usage", "sign_ins"):
        op.drop_table(table)
    op.drop_index("ix_turns_unread", "turns")
    op.drop_index("ix_calls_open", "calls")
    op.drop_index("ix_calls_user_created", "calls")
    op.drop_index("uq_users_issuer_subject", "users")
    for table, name, _ in reversed(NEW_COLUMNS):
        op.drop_column(table, name)


def _user(*, nullable: bool) -> sa.Column[str]:
    owner = sa.ForeignKey("users.id", ondelete="CASCADE")
    return sa.Column("user_id", sa.String(64), owner, nullable=nullable)


def _call(ondelete: str) -> sa.Column[str]:
    return sa.Column("call_id", sa.String(64), sa.ForeignKey("calls.id", ondelete=ondelete))


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
