"""How it goes: waiting times, minutes, money and failures; one's own, or for owners everybody's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Response, render_template, request

from services.calls.minutes import day_start
from services.errors import NotFound
from services.insights import tables
from services.insights.table import Table, to_csv, to_people
from services.storage import insights as counted
from services.storage.insights import STAGES, Scope
from services.web.cookies import greet_user, is_owner
from services.web.parts import parts

PERIODS = (7, 30, 90, 365)
"""Days."""
USUAL_PERIOD = 30
USUAL_STAGE = "first_sound"
TABLES = (
    "waiting",
    "waiting-by-day",
    "minutes-by-day",
    "money-by-day",
    "failures",
    "failures-by-day",
)
OF_ALL = "people"
"""The table that only everybody's figures have."""
CHARTED = {
    "waiting-by-day": "lines",
    "minutes-by-day": "bars",
    "money-by-day": "bars",
    "failures-by-day": "bars",
}
"""Tables that are drawn, too, and how."""

blueprint = Blueprint("insights", __name__)


@dataclass(frozen=True)
class View:
    """What somebody wants to see."""

    scope: Scope
    period: int
    """Days, today included."""
    stage: str
    is_of_all: bool
    may_see_all: bool

    @property
    def query(self) -> dict[str, str | int]:
        """Give the parameters of its address."""
        of = "everybody" if self.is_of_all else "me"
        return {"days": self.period, "of": of, "stage": self.stage}


@blueprint.get("/insights")
def index() -> str:
    """Show all tables."""
    view = _read_view()
    return render_template(
        "insights/index.html",
        view=view,
        tables={name: _make(name, view) for name in _names(view)},
        charted=CHARTED,
        periods=PERIODS,
        stages=tables.STAGE_LABELS,
        stage_notes=tables.STAGE_NOTES,
        to_people=to_people,
    )


@blueprint.get("/insights/<name>.csv")
def table(name: str) -> Response:
    """Give one table as a file."""
    view = _read_view()
    if name not in _names(view):
        raise NotFound("There is no such table.")
    text = to_csv(_make(name, view))
    disposition = {"Content-Disposition": f'attachment; filename="vivavoce-{name}.csv"'}
    return Response(text, content_type="text/csv; charset=utf-8", headers=disposition)


def _read_view() -> View:
    """Read what somebody wants to see; what makes no sense is as usual.

    Raises:
        NotFound: they want to see everybody's and are no owner.
    """
    user_id = greet_user()
    may_see_all = is_owner()
    of = request.args.get("of") or ("everybody" if may_see_all else "me")
    if of == "everybody" and not may_see_all:
        raise NotFound("Everybody’s figures are shown to the owners of this server only.")
    asked = request.args.get("days", USUAL_PERIOD, type=int)
    period = asked if asked in PERIODS else USUAL_PERIOD
    stage = request.args.get("stage", USUAL_STAGE)
    since = day_start(parts().clock()) - timedelta(days=period - 1)
    is_of_all = of == "everybody"
    return View(
        Scope(since, None if is_of_all else user_id),
        period,
        stage if stage in STAGES else USUAL_STAGE,
        is_of_all,
        may_see_all,
    )


def _names(view: View) -> tuple[str, ...]:
    """Name the tables of this view."""
    return (*TABLES, OF_ALL) if view.is_of_all else TABLES


def _make(name: str, view: View) -> Table:
    """Count what a table shows."""
    days = tables.days_between(view.scope.first_day, parts().clock().date())
    with parts().database.read() as session:
        match name:
            case "waiting":
                return tables.waiting(counted.latencies(session, view.scope, by_day=False))
            case "waiting-by-day":
                found = counted.latencies(session, view.scope, by_day=True, stages=[view.stage])
                return tables.waiting_by_day(found, view.stage, days)
            case "minutes-by-day":
                return tables.minutes_by_day(counted.use_by_day(session, view.scope), days)
            case "money-by-day":
                return tables.money_by_day(counted.use_by_day(session, view.scope), days)
            case "people":
                return tables.people(counted.use_by_person(session, view.scope))
            case "failures":
                return tables.failures(counted.failures(session, view.scope))
            case _:
                return tables.failures_by_day(counted.failures_by_day(session, view.scope), days)
