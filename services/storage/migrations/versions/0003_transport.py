"""The way of a call. Only adds a column with a default, so older versions go on serving."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "calls",
        sa.Column("transport", sa.String(16), nullable=False, server_default="webrtc"),
    )


def downgrade() -> None:
    op.drop_column("calls", "transport")
