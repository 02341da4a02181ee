"""Tables of notices."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Line, Model


class Notice(Model):
    """One thing told to one person: shown in the inbox, mailed from the outbox, or both.

    It goes to `to_address`, where that is empty to the person's address of the day. `mail_state` is
    none | pending | sending | sent | failed; `dedupe_key` makes telling twice harmless.
    """

    __table_args__ = (
        Index("ix_notice_mail_state_try_at", "mail_state", "try_at"),
        Index("ix_notice_person_id_in_inbox_read_at", "person_id", "in_inbox", "read_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(Line(40))
    subject: Mapped[str] = mapped_column(Line(300))
    body: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(Line(300), default="")
    to_address: Mapped[str | None] = mapped_column(Line(254))
    dedupe_key: Mapped[str | None] = mapped_column(Line(200), unique=True)
    in_inbox: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mail_state: Mapped[str] = mapped_column(Line(10), default="pending")
    tries: Mapped[int] = mapped_column(default=0)
    try_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(Line(300), default="")


class NoticePreference(Model):
    """A kind of notice that a person does not want mailed; the inbox always has it."""

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(Line(40), primary_key=True)
    muted_at: Mapped[datetime]
