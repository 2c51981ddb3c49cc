"""What time it is, anywhere."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.errors import ToolFailed
from services.tools.base import Caller
from services.tools.clock import make_clock

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CLOCK = make_clock(lambda: NOON)


def ask(zone: str | None = None, **caller: str):
    return CLOCK.run({"time_zone": zone} if zone else {}, Caller("ada", **caller))


def test_it_tells_date_time_and_zone_of_a_place():
    assert ask("Asia/Tokyo") == {
        "time_zone": "Asia/Tokyo",
        "date": "Saturday, 21 November 2026",
        "time": "21:00",
        "offset_from_utc": "+09:00",
    }


def test_without_a_place_it_is_where_the_person_is_or_utc():
    assert ask(time_zone="America/New_York")["time"] == "07:00"
    assert ask()["time_zone"] == "UTC"


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("tokyo", "Asia/Tokyo"),
        ("New York", "America/New_York"),
        ("europe/berlin ", "Europe/Berlin"),
        ("UTC", "UTC"),
    ],
)
def test_a_city_will_do_however_it_is_spelled(said, zone):
    assert ask(said)["time_zone"] == zone


@pytest.mark.parametrize("said", ["Atlantis", "../../etc/passwd", "America", "\0", "x" * 10_000])
def test_what_is_no_zone_is_told(said):
    with pytest.raises(ToolFailed, match="There is no time zone"):
        ask(said)


def test_a_zone_that_the_browser_made_up_is_no_accident():
    with pytest.raises(ToolFailed):
        ask(time_zone="Mars/Olympus_Mons")
