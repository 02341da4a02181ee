"""Many rows as one text: the database joins what it knows of a person to lines, parsed where they are needed.

A text is read, kept as a key and compared at a fraction of the cost of its rows, on both databases.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func


def lines(name: ColumnElement[str] | Any, value: ColumnElement[Any] | Any) -> ColumnElement[str]:
    """Return an aggregate: a line per row of a group, in no order, with a name, a space and a value.

    Names hold no space and neither holds a line break: so it is for ids of the library, numbers and moments.
    """
    return func.aggregate_strings(name + " " + cast(value, Text), "\n")


def parsed(text: str | None) -> dict[str, str]:
    """Return the values of lines by their names; of no lines where the database found no rows."""
    pairs = (line.split(" ", 1) for line in (text or "").splitlines())
    return {name: value for name, value in pairs}  # noqa: C416 - a list is no pair to mypy


def moment(text: str) -> datetime:
    """Return a moment that stood in lines, to the microsecond, in UTC.

    SQLite writes moments as they are stored, in UTC; PostgreSQL in the connection's zone, and says which.
    """
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
