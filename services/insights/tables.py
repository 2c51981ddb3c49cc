"""Makes tables of what the database counted. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from services.insights.table import Cell, Column, Table
from services.storage.insights import (
    STAGES,
    DayOfUse,
    FailureCount,
    Latency,
    PersonsUse,
)

STAGE_LABELS = {
    "mint": "Key",
    "connect": "Connection",
    "first_word": "First word",
    "first_sound": "First sound",
}
STAGE_NOTES = {
    "mint": "asking for a call until its key was there",
    "connect": "tap until events could pass",
    "first_word": "end of what was said until the first word of the answer",
    "first_sound": "end of what was said until the first sound of the answer",
}
MODE_LABELS = {"native": "Native audio", "text": "Text + voice"}
PROVIDER_LABELS = {"openai": "OpenAI", "azure": "Azure OpenAI", "engine": "engine"}
MICRO = 1_000_000
SHORT_ID = 6
"""Characters of the id of somebody who gave no name."""


def waiting(found: Sequence[Latency]) -> Table:
    """Show all stages of each mode and provider."""
    columns = [Column("who", "Mode and provider", "text")]
    for stage in STAGES:
        label = STAGE_LABELS[stage]
        columns += [
            Column(f"{stage}_p50_ms", f"{label}, half within", "milliseconds"),
            Column(f"{stage}_p95_ms", f"{label}, 95 % within", "milliseconds"),
        ]
    columns.append(Column("answers", "Answers measured", "count"))
    by_key = {(each.mode, each.provider, each.stage): each for each in found}
    rows: list[list[Cell]] = [
        [_series_label(*key), *_stages(by_key, key), _count(by_key, key)] for key in _series(found)
    ]
    return Table("waiting", "All days together, in milliseconds", columns, rows)


def waiting_by_day(found: Sequence[Latency], stage: str, days: Sequence[date]) -> Table:
    """Show one stage day by day, two columns for each mode and provider."""
    of_stage = [each for each in found if each.stage == stage]
    series = _series(of_stage)
    columns = [Column("day", "Day", "day")]
    for key in series:
        name, label = "_".join(key), _series_label(*key)
        columns += [
            Column(f"{name}_p50_ms", f"{label}, half within", "milliseconds"),
            Column(f"{name}_p95_ms", f"{label}, 95 % within", "milliseconds"),
        ]
    at = {(each.day, each.mode, each.provider): each for each in of_stage}
    rows: list[list[Cell]] = []
    for day in days:
        row: list[Cell] = [day]
        for key in series:
            each = at.get((day, *key))
            row += [each.p50_ms, each.p95_ms] if each else [None, None]
        rows.append(row)
    title = f"{STAGE_LABELS[stage]} day by day, in milliseconds"
    return Table("waiting-by-day", title, columns, rows)


def minutes_by_day(found: Sequence[DayOfUse], days: Sequence[date]) -> Table:
    """Show calls and minutes of each day."""
    at = {each.day: each for each in found}
    columns = (
        Column("day", "Day", "day"),
        Column("minutes", "Minutes", "minutes"),
        Column("calls", "Calls", "count"),
    )
    rows: list[list[Cell]] = [
        [day, _minutes(at[day].seconds), at[day].calls] if day in at else [day, 0.0, 0]
        for day in days
    ]
    return Table("minutes-by-day", "Minutes of talk day by day", columns, rows)


def money_by_day(found: Sequence[DayOfUse], days: Sequence[date]) -> Table:
    """Show the money of each day; nothing stands where nothing with a known price was used."""
    at = {each.day: each.micro_usd for each in found}
    columns = (Column("day", "Day", "day"), Column("usd", "US dollars", "money"))
    rows: list[list[Cell]] = [[day, _dollars(at.get(day))] for day in days]
    return Table("money-by-day", "Money day by day, in US dollars", columns, rows)


def people(found: Sequence[PersonsUse]) -> Table:
    """Show who used how much."""
    columns = (
        Column("who", "Who", "text"),
        Column("minutes", "Minutes", "minutes"),
        Column("calls", "Calls", "count"),
        Column("usd", "US dollars", "money"),
    )
    rows: list[list[Cell]] = [
        [
            each.label or f"guest {each.user_id[:SHORT_ID]}",
            _minutes(each.seconds),
            each.calls,
            _dollars(each.micro_usd),
        ]
        for each in found
    ]
    return Table("people", "Who used how much", columns, rows)


def failures(found: Sequence[FailureCount]) -> Table:
    """Show what failed."""
    columns = (
        Column("code", "What failed", "text"),
        Column("count", "How often", "count"),
        Column("last_at", "Last", "time"),
    )
    rows: list[list[Cell]] = [[each.code, each.count, each.last_at] for each in found]
    return Table("failures", "Failures by code", columns, rows)


def failures_by_day(found: Mapping[date, int], days: Sequence[date]) -> Table:
    """Show how many failures each day had."""
    columns = (Column("day", "Day", "day"), Column("count", "Failures", "count"))
    rows: list[list[Cell]] = [[day, found.get(day, 0)] for day in days]
    return Table("failures-by-day", "Failures day by day", columns, rows)


def days_between(first: date, last: date) -> list[date]:
    """Name all days, both ends included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _series(found: Sequence[Latency]) -> list[tuple[str, str]]:
    return sorted({(each.mode, each.provider) for each in found})


def _series_label(mode: str, provider: str) -> str:
    return f"{MODE_LABELS.get(mode, mode)} · {PROVIDER_LABELS.get(provider, provider)}"


def _stages(
    by_key: Mapping[tuple[str, str, str], Latency], key: tuple[str, str]
) -> Iterator[int | None]:
    for stage in STAGES:
        each = by_key.get((*key, stage))
        yield each.p50_ms if each else None
        yield each.p95_ms if each else None


def _count(by_key: Mapping[tuple[str, str, str], Latency], key: tuple[str, str]) -> int:
    return max((by_key[*key, stage].count for stage in ("first_word", "first_sound")
                if (*key, stage) in by_key), default=0)  # fmt: skip


def _minutes(seconds: int) -> float:
    return round(seconds / 60, 1)


def _dollars(micro_usd: int | None) -> float | None:
    return None if micro_usd is None else micro_usd / MICRO
