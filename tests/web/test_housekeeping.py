"""What is done from hour to hour."""

from __future__ import annotations

from sqlalchemy import update

from services.storage.models import Turn


def test_what_an_older_version_stored_is_read_without_a_search(app, ada):
    ada.say(ada.mint()["conversation_id"], "My secret xylophone")
    here = app.extensions["vivavoce"]
    with here.database.write() as session:
        session.execute(update(Turn).values(words=None))

    here.housekeeping.start()
    here.housekeeping.stop()

    with here.database.read() as session:
        assert "xylophone" in str(session.query(Turn).one().words)
