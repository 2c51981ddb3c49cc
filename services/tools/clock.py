"""The tool that knows what time it is, anywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from services.errors import ToolFailed
from services.tools.base import Caller, Tool
from services.tools.function import tool_of


def make_clock(now: Callable[[], datetime]) -> Tool:
    """Make the tool; `now` gives the time in UTC."""

    def clock(caller: Caller, time_zone: str | None = None) -> dict[str, str]:
        """Tell the date, the day of the week and the time of this moment, here or anywhere.

        Use it whenever the answer depends on today's date or on the time.

        Args:
            caller: who asks.
            time_zone: IANA name of the time zone of the place that is meant, such as
                America/Los_Angeles for San Francisco. Leave it out for where the person is.
        """
        zone = _zone_of(time_zone or caller.time_zone or "UTC")
        moment = now().astimezone(zone)
        return {
            "time_zone": zone.key,
            "date": f"{moment:%A}, {moment.day} {moment:%B %Y}",
            "time": f"{moment:%H:%M}",
            "offset_from_utc": moment.isoformat(timespec="seconds")[-6:],
        }

    return tool_of(clock, name="clock", title="Clock")


def _zone_of(name: str) -> ZoneInfo:
    known = _zones().get(name.strip().replace(" ", "_").casefold())
    try:
        if known:
            return ZoneInfo(known)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ToolFailed(f"The time zone {known} cannot be read on this server.") from error
    raise ToolFailed(
        f"There is no time zone {name[:64]!r}. Name one as IANA does, such as Europe/Berlin."
    )


@cache
def _zones() -> dict[str, str]:
    """Give the known zones by name and by city, all in small letters."""
    names = sorted(available_timezones())
    cities = {name.rpartition("/")[2].casefold(): name for name in names if "/" in name}
    return cities | {name.casefold(): name for name in names}
