"""Reads about accounts: who a session belongs to, which browsers are signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.db import db, longest
from app.people.browsers import browser_name
from app.people.models import Person, UserSession

LONGEST_NAME, LONGEST_EMAIL = longest(Person.name), longest(Person.email)


@dataclass(frozen=True)
class OpenSession:
    """One signed-in browser; `browser` and `system` are None where they are not known."""

    session_id: int
    token_hash: str
    browser: str | None
    system: str | None
    since: datetime
    until: datetime


def sessions_of(person_id: int, now: datetime) -> list[OpenSession]:
    """Return a person's live sessions, newest first."""
    rows = db.session.scalars(
        select(UserSession)
        .where(
            UserSession.person_id == person_id,
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > now,
        )
        .order_by(UserSession.created_at.desc(), UserSession.id.desc())
    )
    return [
        OpenSession(row.id, row.token_hash, *browser_name(row.user_agent), row.created_at, row.expires_at)
        for row in rows
    ]


def email_of(person_id: int) -> str:
    """Return a person's e-mail. Raises NoResultFound when there is no such person."""
    return db.session.execute(select(Person.email).where(Person.id == person_id)).scalar_one()


def id_by_email(email: str) -> int | None:
    """Return whose e-mail this is, active or not."""
    return db.session.scalar(select(Person.id).where(Person.email == email.strip().lower()))
