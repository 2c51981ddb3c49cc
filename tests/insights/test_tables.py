"""Tables: as people read them, and as CSV."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest

from services.insights import tables
from services.insights.table import Column, Table, to_csv, to_people
from services.storage.insights import DayOfUse, Latency, PersonsUse

MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 18)
DAYS = [MONDAY, TUESDAY, WEDNESDAY]


@pytest.mark.parametrize(
    ("cell", "kind", "text"),
    [
        (None, "money", "—"),
        (0.0, "money", "$0.00"),
        (0.00421, "money", "$0.0042"),
        (1234.5, "money", "$1,234.50"),
        (12.34, "minutes", "12.3"),
        (1240, "milliseconds", "1,240"),
        (MONDAY, "day", "16 Nov 2026"),
        (datetime(2026, 11, 16, 9, 5, tzinfo=UTC), "time", "16 Nov 2026, 09:05 UTC"),
        ("ada@example.com", "text", "ada@example.com"),
    ],
)
def test_cells_are_written_for_people(cell, kind, text):
    assert to_people(cell, kind) == text


def test_csv_comes_back_as_it_was():
    names = (Column("who", "Who", "text"), Column("usd", "Dollars", "money"))
    table = Table("t", "T", names, [['Ada, "the first"', 1.5], ["Ünal\nÖz", None]])

    rows = list(csv.reader(io.StringIO(to_csv(table))))

    assert rows == [["who", "usd"], ['Ada, "the first"', "1.5"], ["Ünal\nÖz", ""]]


@pytest.mark.parametrize("name", ["=1+1", "+49", "-2", "@sum", "\tx"])
def test_no_cell_is_a_formula(name):
    table = tables.people([PersonsUse("u", name, 1, 60, None)])

    (_, row) = csv.reader(io.StringIO(to_csv(table)))

    assert row[0] == f"'{name}"


def test_waiting_has_a_row_for_each_mode_and_provider():
    found = [
        Latency("first_sound", "text", "openai", None, 9, 900, 1400),
        Latency("mint", "text", "openai", None, 2, 40, 55),
    ]

    table = tables.waiting(found)

    assert list(table.rows) == [
        ["Text + voice · OpenAI", 40, 55, None, None, None, None, 900, 1400, 9]
    ]


def test_days_without_a_measure_are_gaps():
    found = [Latency("first_sound", "native", "engine", TUESDAY, 3, 700, 1200)]

    table = tables.waiting_by_day(found, "first_sound", DAYS)

    assert list(table.rows) == [
        [MONDAY, None, None],
        [TUESDAY, 700, 1200],
        [WEDNESDAY, None, None],
    ]
    assert [column.name for column in table.columns] == [
        "day", "native_engine_p50_ms", "native_engine_p95_ms",
    ]  # fmt: skip


def test_days_without_talk_are_zero_but_money_unknown_is_not():
    found = [DayOfUse(TUESDAY, 2, 90, None)]

    minutes, money = tables.minutes_by_day(found, DAYS), tables.money_by_day(found, DAYS)

    assert list(minutes.rows) == [[MONDAY, 0.0, 0], [TUESDAY, 1.5, 2], [WEDNESDAY, 0.0, 0]]
    assert list(money.rows) == [[MONDAY, None], [TUESDAY, None], [WEDNESDAY, None]]
    assert not minutes.is_empty and money.is_empty


def test_guests_are_told_apart_without_a_name():
    table = tables.people([PersonsUse("abcdefghij", None, 1, 60, 2_000_000)])

    assert list(table.rows) == [["guest abcdef", 1.0, 1, 2.0]]
