"""Set, change and reset passwords. Whoever sets one ends the sessions that rest on the old one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from app.db import db
from app.facts import Gone, Impossible
from app.people import passwords
from app.people.models import PasswordReset, Person
from app.people.service import forget_failures, sign_out_everywhere, take_turn

RESET_MINUTES = 60
RESETS_PER_HOUR = 3


class UnfitPassword(Impossible):
    """The password breaks a rule; `problem` is the name `passwords.problem_with` gives it."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class ResetNotUsable(Gone):
    """The link was used, has expired, was replaced, or never existed."""


@dataclass(frozen=True)
class ResetLink:
    """What goes into the letter; the token is nowhere else in the clear."""

    person_id: int
    token: str


def set_password(person_id: int, password: str, now: datetime, *, keep_token: str | None = None) -> None:
    """Give a person a password and end their sessions, save the one whose token is given.

    Raises UnfitPassword.
    """
    person = db.session.get_one(Person, person_id)
    problem = passwords.problem_with(password, person.email)
    if problem:
        raise UnfitPassword(problem)
    person.password_hash = passwords.hash_password(password)
    forget_failures(person.email)
    db.session.execute(
        update(PasswordReset)
        .where(PasswordReset.person_id == person_id, PasswordReset.used_at.is_(None))
        .values(used_at=now)
    )
    sign_out_everywhere(person_id, now, except_token=keep_token)
    db.session.flush()


def request_reset(email: str, now: datetime) -> ResetLink | None:
    """Make a link that sets a new password within 60 minutes, once.

    Returns None, and the caller answers just the same, when nobody active has this e-mail or three
    links were asked for within the hour.
    """
    person_id = db.session.scalar(
        select(Person.id).where(Person.email == email.strip().lower(), Person.deactivated_at.is_(None))
    )
    if person_id is None:
        return None
    take_turn(f"reset {person_id}")
    recent = db.session.scalar(
        select(func.count()).where(
            PasswordReset.person_id == person_id, PasswordReset.created_at > now - timedelta(hours=1)
        )
    )
    return None if (recent or 0) >= RESETS_PER_HOUR else make_reset(person_id, now)


def make_reset(person_id: int, now: datetime, *, minutes: int = RESET_MINUTES) -> ResetLink:
    """Make a link that sets a person's password, once, within the given minutes."""
    token = passwords.new_token()
    db.session.add(
        PasswordReset(
            person_id=person_id,
            token_hash=passwords.hash_token(token),
            created_at=now,
            expires_at=now + timedelta(minutes=minutes),
        )
    )
    db.session.flush()
    return ResetLink(person_id, token)


def find_reset(token: str, now: datetime) -> int | None:
    """Return whose password a link still sets, or None."""
    return db.session.scalar(
        select(PasswordReset.person_id)
        .join(Person, Person.id == PasswordReset.person_id)
        .where(*_usable(token, now), Person.deactivated_at.is_(None))
    )


def use_reset(token: str, password: str, now: datetime) -> int:
    """Set a new password by a mailed link and end every session; return whose it is.

    Raises ResetNotUsable, and UnfitPassword, after which the link still works.
    """
    person_id = find_reset(token, now)
    if person_id is None:
        raise ResetNotUsable()
    email = db.session.get_one(Person, person_id).email
    problem = passwords.problem_with(password, email)
    if problem:
        raise UnfitPassword(problem)
    taken = db.session.execute(
        update(PasswordReset).where(*_usable(token, now)).values(used_at=now).returning(PasswordReset.id)
    ).first()
    if taken is None:
        raise ResetNotUsable()
    set_password(person_id, password, now)
    return person_id


def sweep(now: datetime) -> None:
    """Remove links that have been dead for a day."""
    db.session.execute(delete(PasswordReset).where(PasswordReset.expires_at < now - timedelta(days=1)))


def _usable(token: str, now: datetime) -> tuple:
    return (
        PasswordReset.token_hash == passwords.hash_token(token),
        PasswordReset.used_at.is_(None),
        PasswordReset.expires_at > now,
    )
