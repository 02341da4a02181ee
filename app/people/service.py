"""What can be done with accounts: sign in and out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import select, update

from app.db import db
from app.people.models import JobRole, Person, UserSession
from app.people.passwords import hash_token, new_token, verify_password


@dataclass(frozen=True)
class SignIn:
    """What the sign-in form carries."""

    email: str
    password: str
    user_agent: str = ""


def sign_in(given: SignIn, now: datetime, *, days: int) -> str | None:
    """Start a session and return its token, or None when e-mail and password do not match."""
    person = db.session.scalar(
        select(Person).where(Person.email == given.email.strip().lower(), Person.deactivated_at.is_(None))
    )
    if not verify_password(person.password_hash if person else None, given.password) or person is None:
        return None
    return start_session(person.id, now, days=days, user_agent=given.user_agent)


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


def sign_out_everywhere(person_id: int, now: datetime) -> None:
    """Revoke every session of a person."""
    _revoke(UserSession.person_id == person_id, now)


def _revoke(which: object, now: datetime) -> None:
    db.session.execute(
        update(UserSession).where(which, UserSession.revoked_at.is_(None)).values(revoked_at=now)  # type: ignore[arg-type]
    )


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
