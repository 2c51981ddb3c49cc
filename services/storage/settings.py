"""Settings, as rows: one for each that somebody chose.

Rows rather than one document, so that two devices that change different ones at once lose nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.setting import Value
from services.settings import Settings, restore
from services.storage.models import StoredSetting
from services.storage.upsert import insert
from services.storage.users import ensure_user


def load_settings(session: Session, user_id: str) -> Settings:
    """Give somebody's settings; who chose nothing has the defaults."""
    rows = session.execute(
        select(StoredSetting.name, StoredSetting.value).where(StoredSetting.user_id == user_id)
    )
    return restore((name, json.loads(value)) for name, value in rows)


def save_settings(
    session: Session, user_id: str, changes: Mapping[str, Value], now: datetime
) -> Settings:
    """Store what was chosen, as parsed before, and give all of them."""
    ensure_user(session, user_id, now)
    for name, value in changes.items():
        statement = insert(session, StoredSetting).values(
            user_id=user_id, name=name, value=json.dumps(value)
        )
        session.execute(
            statement.on_conflict_do_update(
                index_elements=[StoredSetting.user_id, StoredSetting.name],
                set_={"value": json.dumps(value)},
            )
        )
    return load_settings(session, user_id)
