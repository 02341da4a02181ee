"""Write tables as CSV that a spreadsheet opens as data and never as formulas. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def as_text(cell: object) -> str:
    """Return a cell's text; one that a spreadsheet would read as a formula gets a leading apostrophe."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) and not isinstance(cell, int | float) else text


def csv_of(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV with a byte-order mark, so that Excel reads names in any script."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([as_text(cell) for cell in row] for row in rows)
    return out.getvalue()
