"""What can be done with notices: tell someone, read, mute, and move the outbox on."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update

from app.db import db
from app.notifications.kinds import ALWAYS_MAILED, NoticeKind
from app.notifications.mail import MAX_TRIES, wait_minutes
from app.notifications.models import Notice, NoticePreference
from app.people.service import take_turn

STUCK_AFTER = timedelta(minutes=10)
SECRETS_KEPT = timedelta(hours=1)
"""As long as a link that sets a password works."""


def enqueue(
    person_id: int,
    kind: NoticeKind,
    subject: str,
    body: str,
    now: datetime,
    *,
    link: str = "",
    dedupe_key: str | None = None,
    mail: bool = True,
    inbox: bool = True,
    to_address: str | None = None,
) -> int:
    """Tell a person something; return the notice's id.

    `link` is a path of this site. With a `dedupe_key` that was used before, nothing new is told and
    the earlier notice's id is returned. `mail=False` keeps it in the inbox only, `inbox=False` mails only.
    `to_address` is mailed instead of the person's present address.
    """
    if dedupe_key is not None:
        earlier = db.session.scalar(select(Notice.id).where(Notice.dedupe_key == dedupe_key))
        if earlier is not None:
            return earlier
    mutable = mail and kind not in ALWAYS_MAILED
    muted = mutable and db.session.get(NoticePreference, (person_id, kind)) is not None
    notice = Notice(
        person_id=person_id,
        kind=kind,
        subject=subject[:300],
        body=body,
        link=link,
        to_address=to_address,
        dedupe_key=dedupe_key,
        in_inbox=inbox,
        created_at=now,
        try_at=now,
        mail_state="pending" if mail and not muted else "none",
    )
    db.session.add(notice)
    db.session.flush()
    return notice.id


def mark_read(person_id: int, now: datetime, notice_id: int) -> None:
    """Mark one notice of a person as read."""
    _mark_read(now, Notice.person_id == person_id, Notice.id == notice_id)


def mark_all_read(person_id: int, now: datetime, until: datetime) -> None:
    """Mark what a person was told up to a moment as read; what came later stays new."""
    _mark_read(now, Notice.person_id == person_id, Notice.created_at <= until)


def mark_done(person_id: int, link: str, now: datetime) -> None:
    """Mark what led a person to a page as read: what it asked for is done there."""
    _mark_read(now, Notice.person_id == person_id, Notice.link == link)


def mark_settled(link: str, now: datetime) -> None:
    """Mark what led anybody to a page as read: what it asked for needs nobody any more."""
    _mark_read(now, Notice.link == link)


def _mark_read(now: datetime, *which: ColumnElement[bool]) -> None:
    db.session.execute(update(Notice).where(Notice.read_at.is_(None), *which).values(read_at=now))


def set_muted(person_id: int, kind: NoticeKind, muted: bool, now: datetime) -> None:
    """Stop or resume mailing one kind of notice to a person."""
    take_turn(f"mail of {person_id}")
    db.session.execute(
        delete(NoticePreference).where(NoticePreference.person_id == person_id, NoticePreference.kind == kind)
    )
    if muted:
        db.session.add(NoticePreference(person_id=person_id, kind=kind, muted_at=now))


def claim_next(now: datetime) -> int | None:
    """Take the oldest letter that is due, so that no other process sends it; return its id or None.

    A letter whose sender died while sending is taken again after ten minutes.
    """
    due = (Notice.mail_state == "pending") & (Notice.try_at <= now)
    stuck = (Notice.mail_state == "sending") & (Notice.try_at <= now - STUCK_AFTER)
    notice_id = db.session.scalar(select(Notice.id).where(due | stuck).order_by(Notice.id).limit(1))
    if notice_id is None:
        return None
    taken = db.session.execute(
        update(Notice)
        .where(Notice.id == notice_id, due | stuck)
        .values(mail_state="sending", try_at=now, tries=Notice.tries + 1)
        .returning(Notice.id)
    ).first()
    return notice_id if taken else None


def record_sent(notice_id: int, now: datetime, *, keep_link: bool = False) -> None:
    """Note that the mail server took the letter.

    What is only mailed carries a secret address, which is forgotten then; `keep_link` leaves it to
    `forget_links`, for the demo, where the outbox is the only place to read it.
    """
    db.session.execute(
        update(Notice).where(Notice.id == notice_id).values(mail_state="sent", sent_at=now, failure="")
    )
    if not keep_link:
        db.session.execute(
            update(Notice).where(Notice.id == notice_id, Notice.in_inbox.is_(False)).values(link="")
        )


def forget_links(now: datetime) -> None:
    """Forget the secret addresses of letters that left or were given up and are older than an hour."""
    db.session.execute(
        update(Notice)
        .where(
            Notice.in_inbox.is_(False),
            Notice.link != "",
            Notice.mail_state.in_(["sent", "failed"]),
            Notice.created_at < now - SECRETS_KEPT,
        )
        .values(link="")
    )


def record_failure(notice_id: int, reason: str, now: datetime) -> None:
    """Note a failed try; the letter waits longer each time and is given up after six."""
    notice = db.session.get_one(Notice, notice_id)
    notice.failure = reason[:300]
    notice.mail_state = "failed" if notice.tries >= MAX_TRIES else "pending"
    notice.try_at = now + timedelta(minutes=wait_minutes(notice.tries))
