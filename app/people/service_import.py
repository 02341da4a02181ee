"""Import people: read the directory, plan against it and write, all in the caller's one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from babel import localedata
from sqlalchemy import delete, insert, select, update

from app.db import db
from app.facts import Late
from app.people import queries_import
from app.people.import_directory import Place
from app.people.import_file import Sheet
from app.people.import_plan import Change, Plan, plan_import
from app.people.models import ImportUpload, Leave, Person, Substitute, WorkHours
from app.people.service import take_turn
from app.people.service_people import find_or_make_team

COLUMN = {"job_role": "job_role_key", "start_date": "started_on"}
ELSEWHERE = {"place", "manager_email", "substitute_email", "work_hours", "leave"}
UPLOAD_DAYS = 1


class PlanChanged(Late):
    """People changed since the preview, and the import would now do something else."""


@lru_cache(maxsize=1)
def _known_words() -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(available_timezones()), frozenset(localedata.locale_identifiers())


def plan(sheet: Sheet, *, may_make_admins: bool) -> Plan:
    """Return what importing the sheet would change now; nothing is written."""
    zones, locales = _known_words()
    return plan_import(sheet, queries_import.directory(zones, locales), may_make_admins=may_make_admins)


def import_people(sheet: Sheet, now: datetime, *, may_make_admins: bool, expected: str | None = None) -> Plan:
    """Import the rows that are sound and return what was done.

    Imports that run at once take turns. Raises PlanChanged, before anything is written, when the
    fingerprint of the plan is no longer the `expected` one.
    """
    take_turn("org chart")
    made = plan(sheet, may_make_admins=may_make_admins)
    if expected is not None and made.fingerprint() != expected:
        raise PlanChanged()
    _apply(made.changes, now)
    return made


def keep_upload(person_id: int, filename: str, content: bytes, now: datetime) -> int:
    """Keep a file between preview and confirmation, in place of earlier ones of this person."""
    db.session.execute(
        delete(ImportUpload).where(
            (ImportUpload.person_id == person_id)
            | (ImportUpload.created_at < now - timedelta(days=UPLOAD_DAYS))
        )
    )
    upload = ImportUpload(person_id=person_id, filename=filename[:200], content=content, created_at=now)
    db.session.add(upload)
    db.session.flush()
    return upload.id


def drop_upload(upload_id: int) -> None:
    """Throw a kept file away."""
    db.session.execute(delete(ImportUpload).where(ImportUpload.id == upload_id))


def _apply(changes: Iterable[Change], now: datetime) -> None:
    teams: dict[Place, int] = {}
    changes = list(changes)
    new_rows: list[dict[str, Any]] = []
    for change in changes:
        columns = {
            COLUMN.get(field.column, field.column): field.new
            for field in change.fields
            if field.column not in ELSEWHERE
        }
        if "place" in change.values:
            columns["team_id"] = _team(change.values["place"], teams)  # type: ignore[arg-type]
        if change.person_id is None:
            new_rows.append(_with_defaults(columns, change.email, now))
        else:
            db.session.execute(
                update(Person)
                .where(Person.id == change.person_id)
                .values(**columns, version=Person.version + 1)
            )
    if new_rows:
        db.session.execute(insert(Person), new_rows)
    ids = {email: person_id for person_id, email in db.session.execute(select(Person.id, Person.email)).all()}
    managers = [
        {"id": ids[change.email], "manager_id": ids.get(str(change.values["manager_email"]))}
        for change in changes
        if "manager_email" in change.values
    ]
    if managers:
        db.session.execute(update(Person), managers)
    _write_hours(changes, ids)
    _write_leave(changes, ids)
    _write_substitutes(changes, ids, now.astimezone(UTC).date())


def _with_defaults(columns: dict[str, Any], email: str, now: datetime) -> dict[str, Any]:
    defaults = {
        "time_zone": "UTC",
        "locale": "en",
        "weekly_budget_minutes": 60,
        "is_hr": False,
        "is_author": False,
        "is_admin": False,
        "team_id": None,
        "job_role_key": None,
        "started_on": None,
    }
    return {**defaults, **columns, "email": email, "created_at": now, "version": 1}


def _team(place: Place | None, teams: dict[Place, int]) -> int | None:
    if place is None:
        return None
    if place not in teams:
        teams[place] = find_or_make_team(*place)
    return teams[place]


def _write_hours(changes: list[Change], ids: dict[str, int]) -> None:
    touched = {ids[each.email]: each.values["work_hours"] for each in changes if "work_hours" in each.values}
    for some in _chunks(list(touched)):
        db.session.execute(delete(WorkHours).where(WorkHours.person_id.in_(some)))
    rows = [
        {"person_id": person_id, "weekday": day, "starts_minute": starts, "ends_minute": ends}
        for person_id, hours in touched.items()
        for day, starts, ends in hours  # type: ignore[attr-defined]
    ]
    if rows:
        db.session.execute(insert(WorkHours), rows)


def _write_leave(changes: list[Change], ids: dict[str, int]) -> None:
    rows = [
        {"person_id": ids[each.email], "from_on": first, "until_on": last, "kind": "leave"}
        for each in changes
        for first, last in sorted(each.values.get("leave", ()))  # type: ignore[call-overload]
    ]
    if rows:
        db.session.execute(insert(Leave), rows)


def _write_substitutes(changes: list[Change], ids: dict[str, int], today: date) -> None:
    for change in changes:
        if "substitute_email" not in change.values:
            continue
        person_id, email = ids[change.email], change.values["substitute_email"]
        open_ended = (Substitute.person_id == person_id) & Substitute.until_on.is_(None)
        db.session.execute(delete(Substitute).where(open_ended, Substitute.from_on >= today))
        db.session.execute(update(Substitute).where(open_ended).values(until_on=today - timedelta(days=1)))
        if email is not None:
            db.session.add(Substitute(person_id=person_id, substitute_id=ids[str(email)], from_on=today))
    db.session.flush()


def _chunks(items: list[int], size: int = 500) -> Iterable[list[int]]:
    return (items[start : start + size] for start in range(0, len(items), size))
