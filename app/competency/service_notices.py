"""The notices this domain sends; each says what changed, why, and what to do. The words of one place."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from flask_babel import gettext as _

from app.competency import queries
from app.competency.clearing import ClearanceStanding
from app.competency.framework import Clearance
from app.competency.inputs import LevelChange
from app.notifications.kinds import NoticeKind
from app.notifications.service import enqueue
from app.people import queries as people
from app.web.formatting import date_in
from app.web.levels import level_name


def level_changed(change: LevelChange, now: datetime) -> None:
    """Tell a person that a level rose, fell or ran out."""
    title = _title(change.competency_id)
    level = _("level %(level)s · %(name)s", level=change.after, name=level_name(change.after))
    if change.after > change.before:
        subject = _("%(title)s: you reached %(level)s", title=title, level=level)
        body = _("The page shows what it rests on, when it lapses and what the next level asks for.")
    elif change.cause == "lapse":
        subject = _("%(title)s has lapsed to %(level)s", title=title, level=level)
        body = _("Your history stays. One fresh piece of evidence brings it back; the page says which.")
    elif change.cause == "framework":
        subject = _("%(title)s is now %(level)s because the framework changed", title=title, level=level)
        body = _("Nothing you did was removed. The page shows what the new wording asks for.")
    else:
        subject = _("%(title)s is now %(level)s", title=title, level=level)
        body = _("A record was corrected, withdrawn or held back. The page says which and why.")
    enqueue(
        change.person_id,
        NoticeKind.LEVEL,
        subject,
        body,
        now,
        link=_page(change.person_id, change.competency_id),
    )


def level_lapsing(person_id: int, competency_id: str, level: int, lapses_at: datetime, now: datetime) -> None:
    """Tell a person, once per expiry, that a level lapses within 30 days."""
    subject = _(
        "%(title)s at level %(level)s lapses on %(day)s",
        title=_title(competency_id),
        level=level,
        day=_day_of(person_id, lapses_at),
    )
    body = _("One fresh piece of evidence keeps it; the page says which.")
    enqueue(
        person_id,
        NoticeKind.LAPSING,
        subject,
        body,
        now,
        link=_page(person_id, competency_id),
        dedupe_key=f"lapsing:{person_id}:{competency_id}:{lapses_at.isoformat()}",
    )


def clearance_in_grace(
    person_id: int,
    clearance: Clearance | None,
    held: ClearanceStanding,
    until: datetime | None,
    now: datetime,
) -> None:
    """Tell a person that a framework change takes a clearance away, and until when it stays open."""
    if clearance is None or until is None:
        subject = _("A clearance has ended because the framework changed")
        body = _("“%(id)s” is no longer part of the framework.", id=held.clearance_id)
    else:
        subject = _("The framework changed: “%(title)s” needs attention", title=clearance.title)
        body = _(
            "You keep it until %(day)s. After that it needs the levels the new framework asks for.",
            day=_day_of(person_id, until),
        )
    enqueue(person_id, NoticeKind.CLEARANCE, subject, body, now, link="/clearances")


def dispute_opened(dispute_id: int, competency_id: str, readers: Collection[int], now: datetime) -> None:
    """Tell the assessor and HR that a person disputes a record."""
    subject = _("A record about %(title)s is disputed", title=_title(competency_id))
    body = _("Read the reason, and talk to the person before it is decided.")
    for person_id in sorted(readers):
        enqueue(person_id, NoticeKind.DISPUTE, subject, body, now, link=f"/disputes/{dispute_id}")


def dispute_resolved(person_id: int, competency_id: str, outcome: str, now: datetime) -> None:
    """Tell the person how their dispute ended."""
    subject = _("Your dispute about %(title)s is decided", title=_title(competency_id))
    body = (
        _("The record was withdrawn and your level worked out again.")
        if outcome == "revoked"
        else _("The record stays. The page gives the reason.")
    )
    enqueue(person_id, NoticeKind.DISPUTE, subject, body, now, link=_page(person_id, competency_id))


def _title(competency_id: str) -> str:
    found = queries.find_competency(competency_id)
    return found.title if found else competency_id


def _page(person_id: int, competency_id: str) -> str:
    return f"/people/{person_id}/competencies/{competency_id}"


def _day_of(person_id: int, at: datetime) -> str:
    """Return the day of a moment in the zone and the language of whoever is told."""
    card = people.find_card(person_id)
    return date_in(at, zone=card.time_zone if card else "UTC", locale=card.locale if card else "en")
