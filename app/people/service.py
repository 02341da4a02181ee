"""What can be done with accounts: sign in and out. Related verbs stand in the other `service_` modules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import delete, select, text, update

from app.db import db
from app.facts import Late
from app.people import lockout
from app.people.models import JobRole, Person, SignInFailure, UserSession
from app.people.passwords import hash_token, new_token, verify_password


class SignInPaused(Late):
    """Too many tries failed; `until` says when the next one is taken."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"sign-in is paused until {until:%H:%M} UTC")
        self.until = until


def begin_sign_in(email: str, address: str, now: datetime) -> None:
    """Count a try before its password is looked at, so that tries sent at once cannot outrun the count.

    `finish_sign_in` takes the count back. Raises SignInPaused after 5 failures within 15 minutes for an
    e-mail, known or not, or 50 from one network address.
    """
    email = _plain(email)
    take_turn(f"sign-in {email}")
    since = now - lockout.REMEMBERED
    for column, value, tries in (
        (SignInFailure.email, email, lockout.TRIES_PER_EMAIL),
        (SignInFailure.address, address, lockout.TRIES_PER_ADDRESS),
    ):
        failed = db.session.scalars(
            select(SignInFailure.failed_at).where(column == value, SignInFailure.failed_at > since)
        ).all()
        until = lockout.paused_until(failed, now, tries=tries)
        if until is not None:
            raise SignInPaused(until)
    db.session.add(SignInFailure(email=email, address=address[:64], failed_at=now))
    db.session.flush()


def check_password(email: str, password: str) -> int | None:
    """Return the id of the active person with this e-mail and password, or None.

    Takes as long for an unknown e-mail; call it outside a transaction, for it takes tens of milliseconds.
    """
    person = db.session.scalar(
        select(Person).where(Person.email == _plain(email), Person.deactivated_at.is_(None))
    )
    fits = verify_password(person.password_hash if person else None, password)
    return person.id if fits and person else None


def finish_sign_in(person_id: int, email: str, now: datetime, *, days: int, user_agent: str = "") -> str:
    """Forget the failed tries for this e-mail and start a session; return its token."""
    forget_failures(email)
    return start_session(person_id, now, days=days, user_agent=user_agent)


def forget_failures(email: str) -> None:
    """Open sign-in again for an e-mail."""
    db.session.execute(delete(SignInFailure).where(SignInFailure.email == _plain(email)))


def sweep(now: datetime) -> None:
    """Remove tries that no rule looks at any more."""
    db.session.execute(delete(SignInFailure).where(SignInFailure.failed_at <= now - lockout.REMEMBERED))


def start_session(person_id: int, now: datetime, *, days: int, user_agent: str = "") -> str:
    """Open a revocable session for a person and return its token."""
    token = new_token()
    db.session.add(
        UserSession(
            person_id=person_id,
            token_hash=hash_token(token),
            user_agent=user_agent[:300],
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
    )
    return token


def sign_out(token: str, now: datetime) -> None:
    """Revoke one session."""
    _revoke(UserSession.token_hash == hash_token(token), now)


def end_session(person_id: int, session_id: int, now: datetime) -> None:
    """Revoke one of a person's own sessions; another's is left alone."""
    _revoke((UserSession.id == session_id) & (UserSession.person_id == person_id), now)


def sign_out_everywhere(person_id: int, now: datetime, *, except_token: str | None = None) -> None:
    """Revoke every session of a person, save the one they are using where its token is given."""
    which = UserSession.person_id == person_id
    if except_token is not None:
        which &= UserSession.token_hash != hash_token(except_token)
    _revoke(which, now)


def _revoke(which: object, now: datetime) -> None:
    db.session.execute(
        update(UserSession).where(which, UserSession.revoked_at.is_(None)).values(revoked_at=now)  # type: ignore[arg-type]
    )


def take_turn(name: str) -> None:
    """Let only one transaction at a time past this point for a name.

    SQLite has a single writer anyway; PostgreSQL takes an advisory lock until the end of the transaction.
    """
    if db.session.connection().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


def _plain(email: str) -> str:
    return email.strip().lower()[:254]


class RoleLike(Protocol):
    """What a job role of the framework brings along."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def department(self) -> str: ...


def load_job_roles(roles: Iterable[RoleLike]) -> list[str]:
    """Add or rename job roles; roles that people hold are never removed. Returns what changed, in words."""
    stored = {row.key: row for row in db.session.scalars(select(JobRole))}
    changes = []
    for role in roles:
        row = stored.get(role.id)
        if row is None:
            db.session.add(JobRole(key=role.id, title=role.title, department_key=role.department))
            changes.append(f"job role {role.id}: new")
        elif (row.title, row.department_key) != (role.title, role.department):
            row.title, row.department_key = role.title, role.department
            changes.append(f"job role {role.id}: changed")
    db.session.flush()
    return changes
