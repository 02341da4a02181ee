"""What can be done with a person's record: add, edit, deactivate, reactivate.

Callers pass the version they looked at; a record that someone else changed meanwhile is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from app.db import db
from app.facts import Barred, Impossible, Late
from app.people import queries
from app.people.identity import Actor, PersonInput
from app.people.models import Department, EmailChange, PasswordReset, Person, Substitute, Team
from app.people.service import sign_out_everywhere, take_turn


class PersonChangedMeanwhile(Late):
    """The record is no longer the one that was looked at."""


class UnfitRecord(Impossible):
    """A rule forbids the record; `field` names the entry and `problem` the rule.

    Problems: `taken` (the e-mail has an account), `own-manager`, `cycle` (the manager reports to the
    person), `unknown` (no such manager, team or role), `last-admin` (somebody must administer).
    """

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


class NotForYou(Barred):
    """Only an administrator may make, change or deactivate an administrator."""


def create_person(actor: Actor | None, given: PersonInput, now: datetime) -> int:
    """Add a person and return their id; they set a password by a mailed link. `actor` None is the operator.

    Raises UnfitRecord and NotForYou.
    """
    if given.is_admin and actor is not None and not actor.is_admin:
        raise NotForYou()
    _check_manager(None, given.manager_id)
    person = Person(**_columns(given), created_at=now)
    try:
        with db.session.begin_nested():
            db.session.add(person)
            db.session.flush()
    except IntegrityError as error:
        raise _what_broke(error) from error
    return person.id


def edit_person(actor: Actor | None, person_id: int, given: PersonInput, version: int, now: datetime) -> None:
    """Write a person's record. Raises UnfitRecord, NotForYou and PersonChangedMeanwhile.

    A changed e-mail is written down, and links that set a password and went to the former one end.
    """
    person = db.session.get_one(Person, person_id)
    former = person.email
    if actor is not None and not actor.is_admin and (person.is_admin or given.is_admin):
        raise NotForYou()
    take_turn("org chart")
    if person.is_admin and not given.is_admin:
        _keep_an_admin(person_id)
    _check_manager(person_id, given.manager_id)
    try:
        with db.session.begin_nested():
            _write(person_id, version, **_columns(given))
    except IntegrityError as error:
        raise _what_broke(error) from error
    if person.email != former:
        db.session.add(
            EmailChange(
                person_id=person_id,
                before=former,
                after=person.email,
                changed_by=actor.person_id if actor else None,
                changed_at=now,
            )
        )
        _end_reset_links(person_id, now)


def take_untold_email_changes(now: datetime) -> Sequence[EmailChange]:
    """Return the changes of an e-mail of which the person was not told; from now on they count as told."""
    return db.session.scalars(
        update(EmailChange).where(EmailChange.told_at.is_(None)).values(told_at=now).returning(EmailChange)
    ).all()


def make_admin(email: str, name: str, now: datetime) -> int:
    """Let a person administer Tandem, adding them where the e-mail is new; return their id."""
    found = db.session.scalar(select(Person).where(Person.email == email.strip().lower()))
    if found is None:
        given = PersonInput(name, email, None, None, None, "UTC", "en", None, 60, is_admin=True)
        return create_person(None, given, now)
    found.is_admin, found.deactivated_at, found.version = True, None, found.version + 1
    db.session.flush()
    return found.id


def edit_own_profile(person_id: int, name: str, time_zone: str, locale: str) -> None:
    """Let a person write their own name, zone and language."""
    db.session.execute(
        update(Person)
        .where(Person.id == person_id)
        .values(name=tidy(name), time_zone=time_zone, locale=locale, version=Person.version + 1)
    )


def deactivate(
    actor: Actor | None, person_id: int, version: int, now: datetime, *, reports_to: int | None = None
) -> None:
    """End a person's access: sessions, reset links and substitutions end, everything they did stays.

    The people who reported to them report to `reports_to` afterwards. Raises UnfitRecord, NotForYou
    and PersonChangedMeanwhile.
    """
    person = db.session.get_one(Person, person_id)
    take_turn("org chart")
    if person.is_admin:
        if actor is not None and not actor.is_admin:
            raise NotForYou()
        _keep_an_admin(person_id)
    if reports_to is not None and (
        reports_to == person_id or person_id in queries.manager_line_of(reports_to)[1:]
    ):
        raise UnfitRecord("reports_to", "cycle")
    _write(person_id, version, deactivated_at=now)
    reports = update(Person).where(Person.manager_id == person_id)
    if reports_to is not None:
        above = db.session.scalar(select(Person.manager_id).where(Person.id == person_id))
        db.session.execute(
            update(Person)
            .where(Person.id == reports_to, Person.manager_id == person_id)
            .values(manager_id=above if above != reports_to else None, version=Person.version + 1)
        )
    db.session.execute(reports.values(manager_id=reports_to, version=Person.version + 1))
    sign_out_everywhere(person_id, now)
    _end_reset_links(person_id, now)
    _end_substitutions(person_id, now.date())


def _end_reset_links(person_id: int, now: datetime) -> None:
    db.session.execute(
        update(PasswordReset)
        .where(PasswordReset.person_id == person_id, PasswordReset.used_at.is_(None))
        .values(used_at=now)
    )


def _end_substitutions(person_id: int, today: date) -> None:
    touched = (Substitute.substitute_id == person_id) | (Substitute.person_id == person_id)
    db.session.execute(delete(Substitute).where(touched, Substitute.from_on >= today))
    db.session.execute(
        update(Substitute)
        .where(touched, Substitute.until_on.is_(None) | (Substitute.until_on >= today))
        .values(until_on=today - timedelta(days=1))
    )


def reactivate(person_id: int, version: int) -> None:
    """Let a person sign in again. Raises PersonChangedMeanwhile."""
    _write(person_id, version, deactivated_at=None)


def find_or_make_team(department: str, team: str | None) -> int:
    """Return the team of that name in that department, making what is missing."""
    take_turn("org chart")
    key = department_key(department)
    row = db.session.scalar(
        select(Department).where(
            (Department.key == key) | (func.lower(Department.name) == department.lower())
        )
    )
    if row is None:
        row = Department(key=key, name=tidy(department))
        db.session.add(row)
        db.session.flush()
    name = tidy(team or row.name)
    found = next((each for each in _teams_in(row.id) if each.name.casefold() == name.casefold()), None)
    if found is None:
        found = Team(name=name, department_id=row.id)
        db.session.add(found)
        db.session.flush()
    return found.id


def _teams_in(department_id: int) -> list[Team]:
    return list(db.session.scalars(select(Team).where(Team.department_id == department_id)))


def department_key(name: str) -> str:
    """Return the key that a department of this name gets: letters and digits, joined by hyphens."""
    words = "".join(letter if letter.isalnum() else " " for letter in name.casefold()).split()
    return "-".join(words)[:60] or "department"


def tidy(text: str) -> str:
    """Return a name with its spaces folded."""
    return " ".join(text.split())


def _columns(given: PersonInput) -> dict[str, object]:
    return {**asdict(given), "name": tidy(given.name), "email": given.email.strip().lower()}


def _write(person_id: int, version: int, **values: object) -> None:
    done = db.session.execute(
        update(Person)
        .where(Person.id == person_id, Person.version == version)
        .values(**values, version=version + 1)
        .returning(Person.id)
    ).first()
    if done is None and not _written(person_id, version + 1, values):
        raise PersonChangedMeanwhile()


def _written(person_id: int, version: int, values: dict[str, object]) -> bool:
    """Tell whether the very same write was made a moment ago: a form sent twice."""
    row = db.session.get_one(Person, person_id, populate_existing=True)
    return row.version == version and all(getattr(row, name) == value for name, value in values.items())


def _check_manager(person_id: int | None, manager_id: int | None) -> None:
    if manager_id is None:
        return
    active = db.session.scalar(
        select(Person.id).where(Person.id == manager_id, Person.deactivated_at.is_(None))
    )
    kept = person_id and manager_id == db.session.scalar(
        select(Person.manager_id).where(Person.id == person_id)
    )
    if active is None and not kept:
        raise UnfitRecord("manager_id", "unknown")
    if manager_id == person_id:
        raise UnfitRecord("manager_id", "own-manager")
    if person_id is not None and person_id in queries.manager_line_of(manager_id):
        raise UnfitRecord("manager_id", "cycle")


def _keep_an_admin(person_id: int) -> None:
    take_turn("administrators")
    others = db.session.scalar(
        select(func.count()).where(Person.is_admin, Person.deactivated_at.is_(None), Person.id != person_id)
    )
    if not others:
        raise UnfitRecord("is_admin", "last-admin")


def _what_broke(error: IntegrityError) -> UnfitRecord:
    field = "email" if "email" in str(error.orig) else "team_id"
    return UnfitRecord(field, "taken" if field == "email" else "unknown")
