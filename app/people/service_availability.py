"""Working hours, leave and substitutes (P19: approvals never stall)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import delete, select

from app.db import db
from app.facts import Impossible
from app.people.models import Leave, Substitute, WorkHours
from app.people.service import take_turn
from app.people.work_hours import Interval

LONGEST_LEAVE_DAYS = 730


class LeaveOverlaps(Impossible):
    """There is leave on some of these days already; `from_on` and `until_on` say when."""

    def __init__(self, from_on: date, until_on: date) -> None:
        super().__init__(f"overlaps leave {from_on}..{until_on}")
        self.from_on, self.until_on = from_on, until_on


def set_work_hours(person_id: int, hours: Iterable[Interval]) -> None:
    """Write a person's weekly pattern in place of the one before."""
    db.session.execute(delete(WorkHours).where(WorkHours.person_id == person_id))
    db.session.add_all(
        WorkHours(person_id=person_id, weekday=day, starts_minute=starts, ends_minute=ends)
        for day, starts, ends in hours
    )
    db.session.flush()


def add_leave(person_id: int, from_on: date, until_on: date) -> int:
    """Enter days away, both ends included; return the entry's id.

    Entered twice, it is kept once. Raises LeaveOverlaps, and Impossible when the span ends before it starts
    or lasts over two years.
    """
    if until_on < from_on or (until_on - from_on).days > LONGEST_LEAVE_DAYS:
        raise Impossible(f"leave {from_on}..{until_on}")
    take_turn(f"leave {person_id}")
    other = db.session.scalar(
        select(Leave).where(
            Leave.person_id == person_id, Leave.from_on <= until_on, Leave.until_on >= from_on
        )
    )
    if other is not None and (other.from_on, other.until_on) == (from_on, until_on):
        return other.id
    if other is not None:
        raise LeaveOverlaps(other.from_on, other.until_on)
    row = Leave(person_id=person_id, from_on=from_on, until_on=until_on, kind="leave")
    db.session.add(row)
    db.session.flush()
    return row.id


def remove_leave(leave_id: int) -> None:
    """Take days away out again."""
    db.session.execute(delete(Leave).where(Leave.id == leave_id))


def set_substitute(person_id: int, substitute_id: int, from_on: date, until_on: date | None) -> int:
    """Let someone decide for a person from a day until a day (None: until changed); return the row's id.

    Set twice, it is kept once. Raises Impossible when both are the same person or the span ends before it
    starts.
    """
    if person_id == substitute_id or (until_on is not None and until_on < from_on):
        raise Impossible(f"substitute {substitute_id} {from_on}..{until_on}")
    take_turn(f"substitute {person_id}")
    same = db.session.scalar(
        select(Substitute.id).where(
            Substitute.person_id == person_id,
            Substitute.substitute_id == substitute_id,
            Substitute.from_on == from_on,
            Substitute.until_on.is_not_distinct_from(until_on),
        )
    )
    if same is not None:
        return same
    row = Substitute(person_id=person_id, substitute_id=substitute_id, from_on=from_on, until_on=until_on)
    db.session.add(row)
    db.session.flush()
    return row.id


def end_substitute(person_id: int, row_id: int, today: date) -> None:
    """End a substitution of this person: one that has begun ends yesterday, a coming one is removed."""
    row = db.session.scalar(
        select(Substitute).where(Substitute.id == row_id, Substitute.person_id == person_id)
    )
    if row is None:
        return
    if row.from_on >= today:
        db.session.delete(row)
    else:
        row.until_on = today - timedelta(days=1)
    db.session.flush()
