"""Reads of notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select

from app.db import db
from app.notifications.mail import Letter
from app.notifications.models import Notice, NoticePreference
from app.people import queries as people
from app.people.identity import PersonCard
from app.reads import fetch

_UNREAD = select(func.count()).where(
    Notice.person_id == bindparam("person_id"), Notice.in_inbox, Notice.read_at.is_(None)
)


@dataclass(frozen=True)
class InboxItem:
    """One notice as the inbox shows it."""

    notice_id: int
    kind: str
    subject: str
    body: str
    link: str
    created_at: datetime
    is_read: bool


def inbox(person_id: int, limit: int = 100) -> list[InboxItem]:
    """Return a person's newest notices."""
    rows = db.session.scalars(
        select(Notice)
        .where(Notice.person_id == person_id, Notice.in_inbox)
        .order_by(Notice.id.desc())
        .limit(limit)
    )
    return [
        InboxItem(n.id, n.kind, n.subject, n.body, n.link, n.created_at, n.read_at is not None) for n in rows
    ]


def unread_count(person_id: int) -> int:
    """Return how many notices a person has not read."""
    return fetch(_UNREAD, {"person_id": person_id}).scalar() or 0


def muted_kinds(person_id: int) -> frozenset[str]:
    """Return the kinds of notice that are not mailed to a person."""
    return frozenset(
        db.session.scalars(select(NoticePreference.kind).where(NoticePreference.person_id == person_id))
    )


def letter(notice_id: int) -> Letter | None:
    """Return a notice as the letter to send, or None when its receiver's account has ended."""
    notice = db.session.get_one(Notice, notice_id)
    card = people.find_card(notice.person_id)
    if card is None or not card.is_active:
        return None
    return _letter(notice, card)


def outbox(limit: int = 200) -> list[tuple[Letter, str]]:
    """Return the newest letters of everyone with their state, for the demo's mail page."""
    notices = list(
        db.session.scalars(
            select(Notice).where(Notice.mail_state != "none").order_by(Notice.id.desc()).limit(limit)
        )
    )
    cards = people.cards({n.person_id for n in notices})
    return [(_letter(n, cards[n.person_id]), n.mail_state) for n in notices]


def _letter(n: Notice, to: PersonCard) -> Letter:
    return Letter(n.id, to.name, n.to_address or to.email, n.subject, n.body, n.link, n.created_at)


def link_of(person_id: int, notice_id: int) -> str | None:
    """Return where a person's own notice points, or None when it is not theirs."""
    return db.session.scalar(select(Notice.link).where(Notice.id == notice_id, Notice.person_id == person_id))
