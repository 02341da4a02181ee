"""Keep bookings apart in the database: locks that make sums true, and slots that cannot be taken twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import delete, text, update
from sqlalchemy.exc import IntegrityError

from app.db import db
from app.facts import Late
from app.scheduling.models_sessions import BookedSlot, BookingGuard


class SlotTaken(Late):
    """Somebody booked one of the slots first."""


def person_key(person_id: int) -> str:
    """Return the guard of everything that is booked for one person."""
    return f"person:{person_id}"


def department_key(key: str, at: datetime) -> str:
    """Return the guard of a department's floor in the ISO week of a UTC moment."""
    year, week, _day = at.isocalendar()
    return f"department:{key}:{year}-{week:02d}"


def team_key(team_id: int) -> str:
    """Return the guard of a team's guests."""
    return f"team:{team_id}"


def lock(keys: Iterable[str]) -> None:
    """Hold these guards until the transaction ends; always taken in one order, so nothing deadlocks."""
    for key in sorted(set(keys)):
        db.session.execute(
            text("INSERT INTO booking_guard (key, version) VALUES (:key, 0) ON CONFLICT (key) DO NOTHING"),
            {"key": key},
        )
        db.session.execute(
            update(BookingGuard)
            .where(BookingGuard.key == key)
            .values(version=BookingGuard.version + 1)
            .execution_options(synchronize_session=False)
        )


def take_slots(
    wanted: Collection[tuple[int, datetime, bool]],
    *,
    session_id: int | None = None,
    rotation_id: int | None = None,
) -> None:
    """Take (person, slot, off duty) for one cause. Raises SlotTaken when any is taken, and takes none."""
    try:
        with db.session.begin_nested():
            db.session.add_all(
                BookedSlot(
                    person_id=person_id,
                    slot_at=slot_at,
                    off_duty=off_duty,
                    session_id=session_id,
                    rotation_id=rotation_id,
                )
                for person_id, slot_at, off_duty in wanted
            )
            db.session.flush()
    except IntegrityError as error:
        raise SlotTaken() from error


def free_slots(*, session_id: int | None = None, rotation_id: int | None = None) -> None:
    """Give back every slot of a session or rotation."""
    which = (
        BookedSlot.session_id == session_id
        if session_id is not None
        else BookedSlot.rotation_id == rotation_id
    )
    db.session.execute(delete(BookedSlot).where(which).execution_options(synchronize_session=False))
