"""Settings, as rows."""

from __future__ import annotations

import json
import threading

import pytest
from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import inspect, text

from services.setting import Value
from services.settings import Settings
from services.storage.database import Database
from services.storage.migrate import MIGRATIONS, migrate
from services.storage.models import StoredSetting, User
from services.storage.settings import load_settings, save_settings
from tests.storage.conftest import NOW


def test_who_chose_nothing_has_the_defaults(database):
    with database.read() as session:
        assert load_settings(session, "ada") == Settings()
        assert load_settings(session, "nobody") == Settings()


def test_what_is_saved_is_there_for_its_owner_only(database):
    with database.write() as session:
        given = save_settings(session, "ada", {"mode": "text", "speed": 1.2}, NOW)

    assert given == Settings(mode="text", speed=1.2)
    with database.read() as session:
        assert load_settings(session, "ada") == given
        assert load_settings(session, "ben") == Settings()


def test_a_choice_may_be_changed_and_taken_back(database):
    wishes: list[dict[str, Value]] = [
        {"voice_text": "amy"},
        {"voice_text": "joe", "greeting": True},
    ]
    for changes in wishes:
        with database.write() as session:
            save_settings(session, "ada", changes, NOW)
    with database.write() as session:
        assert load_settings(session, "ada") == Settings(voice_text="joe", greeting=True)
        assert save_settings(session, "ada", {"voice_text": None}, NOW) == Settings(greeting=True)


def test_somebody_new_may_begin_with_settings(database):
    with database.write() as session:
        save_settings(session, "cleo", {"captions": "large"}, NOW)

    with database.read() as session:
        assert session.get(User, "cleo") is not None


def test_two_devices_that_change_different_things_at_once_lose_nothing(database):
    def choose(changes: dict) -> None:
        with database.write() as session:
            save_settings(session, "ada", changes, NOW)

    wishes = [{"speed": 0.8}, {"mode": "text"}, {"echo": "pause"}, {"talk": "hold"}]
    threads = [threading.Thread(target=choose, args=(wish,)) for wish in wishes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.read() as session:
        assert load_settings(session, "ada") == Settings(
            speed=0.8, mode="text", echo="pause", talk="hold"
        )


def test_rows_of_another_version_do_no_harm(database):
    with database.write() as session:
        for name, value in (("hologram", True), ("speed", 7), ("persona", "pirate"), ("talk", [])):
            session.add(StoredSetting(user_id="ada", name=name, value=json.dumps(value)))
        session.add(StoredSetting(user_id="ada", name="captions", value='"off"'))

    with database.read() as session:
        assert load_settings(session, "ada") == Settings(captions="off")


def test_settings_leave_with_their_person(database):
    with database.write() as session:
        save_settings(session, "ada", {"speed": 1.2}, NOW)
        session.delete(session.get(User, "ada"))

    with database.read() as session:
        assert session.query(StoredSetting).count() == 0


@pytest.fixture
def old_database(tmp_path):
    """As the version before settings left it, with data."""
    opened = Database("sqlite:///old.db", tmp_path)
    with opened.engine.connect() as connection:
        alembic = AlembicConfig()
        alembic.set_main_option("script_location", str(MIGRATIONS))
        alembic.attributes["connection"] = connection
        command.upgrade(alembic, "0001")
        connection.execute(
            text("INSERT INTO users (id, created_at) VALUES ('ada', :now)"), {"now": "2026-01-01"}
        )
        connection.execute(
            text(
                "INSERT INTO conversations (id, user_id, title, mode, created_at, updated_at) "
                "VALUES ('c1', 'ada', 'Whales', 'native', :now, :now)"
            ),
            {"now": "2026-01-01"},
        )
        connection.commit()
    yield opened
    opened.close()


def test_an_old_database_is_brought_up_with_its_data(old_database):
    migrate(old_database)

    with old_database.write() as session:
        assert session.execute(text("SELECT title FROM conversations")).scalar() == "Whales"
        assert save_settings(session, "ada", {"speed": 1.2}, NOW) == Settings(speed=1.2)


def test_the_version_before_goes_on_serving_meanwhile(old_database):
    def columns() -> dict[str, dict[str, bool]]:
        """By table and name, whether a row may be written without it."""
        tables = inspect(old_database.engine)
        return {
            table: {
                column["name"]: column["nullable"] or column["default"] is not None
                for column in tables.get_columns(table)
            }
            for table in tables.get_table_names()
        }

    before = columns()
    migrate(old_database)

    after = columns()
    for table, known in before.items():
        assert known.items() <= after[table].items()
        assert all(after[table][name] for name in after[table] if name not in known)
