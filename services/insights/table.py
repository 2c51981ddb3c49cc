"""A table of figures, which is shown on a page, drawn as a chart and written as CSV. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Cell = str | int | float | date | datetime | None
Kind = Literal["text", "day", "time", "count", "milliseconds", "minutes", "money"]

NOTHING = "—"
"""For people, where nothing was measured or no price is known: that is not 0."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With these, a text becomes a formula in a spreadsheet.
Source: https://owasp.org/www-community/attacks/CSV_Injection"""
SMALL_MONEY = 0.1
"""Below this, dollars are told to a hundredth of a cent."""


@dataclass(frozen=True)
class Column:
    """What a column holds."""

    name: str
    """Of the CSV file, with its unit."""
    label: str
    """For people."""
    kind: Kind


@dataclass(frozen=True)
class Table:
    """Rows of figures; the first cell of each names the row."""

    name: str
    """In addresses."""
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was measured at all."""
        return not any(
            cell
            for row in self.rows
            for column, cell in zip(self.columns, row, strict=True)
            if column.kind not in ("text", "day")
        )


def to_people(cell: Cell, kind: Kind) -> str:
    """Write a cell as people read it."""
    if cell is None:
        return NOTHING
    if isinstance(cell, datetime):
        return cell.strftime("%-d %b %Y, %H:%M UTC")
    if isinstance(cell, date):
        return cell.strftime("%-d %b %Y")
    if isinstance(cell, str):
        return cell
    if kind == "money":
        return f"${cell:,.2f}" if cell == 0 or abs(cell) >= SMALL_MONEY else f"${cell:.4f}"
    return f"{cell:,.1f}" if kind == "minutes" else f"{cell:,.0f}"


def to_csv(table: Table) -> str:
    """Write a table as RFC 4180 wants it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(column.name for column in table.columns)
    for row in table.rows:
        writer.writerow(_to_csv(cell) for cell in row)
    return out.getvalue()


def _to_csv(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, date | datetime):
        return cell.isoformat()
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return cell
