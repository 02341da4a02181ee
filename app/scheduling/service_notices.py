"""What people are told about sessions and rotations; the words of one place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from app.notifications.kinds import NoticeKind
from app.notifications.service import enqueue, mark_done
from app.people.identity import PersonCard
from app.scheduling.kinds import Mode, Part, SessionKind
from app.scheduling.queries_sessions import SessionFact
from app.web import formatting


def title_of(fact: SessionFact) -> str:
    """Return what a session is, without the people: "Shadowing: Spot an upsell lead"."""
    names = {
        SessionKind.SHADOWING: _("Shadowing"),
        SessionKind.WORKSHOP: _("Workshop"),
        SessionKind.TOUCHPOINT: _("Touchpoint"),
        SessionKind.ROLE_PLAY: _("Role-play"),
        SessionKind.CHECK_IN: _("Check-in"),
    }
    name = names[fact.kind]
    if fact.mode == Mode.REVERSE_SHADOW:
        name = _("Reverse shadowing")
    return f"{name}: {fact.competency_title}" if fact.competency_title else name


def at(moment: datetime, to: PersonCard) -> str:
    """Return a moment as whoever is told reads it: "Wed 4 Nov 2026 10:00 (Europe/Berlin)"."""
    return formatting.moment_in(moment, zone=to.time_zone, locale=to.locale)


def asked(fact: SessionFact, to: PersonCard, part: Part, now: datetime) -> None:
    """Invite somebody, or ask a manager for consent."""
    if part == Part.MANAGER:
        subject = _(
            "Your consent is asked: %(who)s with %(host)s", who=fact.learner.name, host=fact.host.name
        )
    else:
        subject = _("Invitation from %(who)s: %(what)s", who=_other(fact, to).name, what=title_of(fact))
    body = _(
        "%(what)s on %(at)s, %(minutes)s minutes. Accept or decline on its page.",
        what=title_of(fact),
        at=at(fact.starts_at, to),
        minutes=fact.minutes,
    )
    _tell(to, fact, subject, body, now)


def agreed(fact: SessionFact, now: datetime) -> None:
    """Tell the two that everybody has agreed."""
    for to in (fact.learner, fact.host):
        subject = _("Agreed: %(what)s with %(who)s", what=title_of(fact), who=_other(fact, to).name)
        body = _("It is on %(at)s. Your calendar feed shows it.", at=at(fact.starts_at, to))
        _tell(to, fact, subject, body, now)


def called_off(fact: SessionFact, by: PersonCard, others: Collection[PersonCard], now: datetime) -> None:
    """Tell everybody else, the managers asked too, that a session was declined or cancelled, and why."""
    for to in others:
        subject = _("%(who)s called off: %(what)s", who=by.name, what=title_of(fact))
        body = _(
            "It was to be on %(at)s. Reason: %(reason)s The time is free again.",
            at=at(fact.starts_at, to),
            reason=_sentence(fact.reason),
        )
        _tell(to, fact, subject, body, now)


def moved(
    fact: SessionFact,
    before: datetime,
    by: PersonCard,
    others: Collection[PersonCard],
    now: datetime,
    *,
    reason: str,
) -> None:
    """Tell everybody else about the new time and that their answer is asked again."""
    for to in others:
        subject = _("%(who)s moved: %(what)s", who=by.name, what=title_of(fact))
        body = _(
            "From %(before)s to %(at)s. Reason: %(reason)s Please answer again.",
            before=at(before, to),
            at=at(fact.starts_at, to),
            reason=_sentence(reason),
        )
        _tell(to, fact, subject, body, now)


def lapsed(fact: SessionFact, now: datetime) -> None:
    """Tell the two that an invitation ran out because not everybody had answered."""
    for to in (fact.learner, fact.host):
        subject = _("Not agreed in time: %(what)s", what=title_of(fact))
        body = _(
            "Not everybody had answered by %(at)s, so it did not take place. Propose another time.",
            at=at(fact.starts_at, to),
        )
        _tell(to, fact, subject, body, now, key=f"session-lapsed:{fact.session_id}:{to.person_id}")


def ended_with_account(
    fact: SessionFact, gone: PersonCard, to: Collection[PersonCard], now: datetime
) -> None:
    """Tell those who remain that a session is off because somebody's account has ended."""
    for person in to:
        subject = _("Cancelled: %(what)s with %(who)s", what=title_of(fact), who=gone.name)
        body = _(
            "It was to be on %(at)s. %(who)s no longer has an account here. The time is free again.",
            at=at(fact.starts_at, person),
            who=gone.name,
        )
        _tell(person, fact, subject, body, now, key=f"session-left:{fact.session_id}:{person.person_id}")


def in_leave(
    fact: SessionFact, gone: Sequence[PersonCard], to: Collection[PersonCard], now: datetime
) -> None:
    """Tell everybody concerned that somebody has leave during a session, once per time it is booked for."""
    for person in to:
        if len(gone) > 1:
            subject = _("Both are away then: %(what)s", what=title_of(fact))
        elif gone[0].person_id == person.person_id:
            subject = _("You are away then: %(what)s", what=title_of(fact))
        else:
            subject = _("%(who)s is away then: %(what)s", who=gone[0].name, what=title_of(fact))
        body = _(
            "It is on %(at)s, and leave was entered for that day. Move it to another time or cancel it.",
            at=at(fact.starts_at, person),
        )
        key = f"session-leave:{fact.session_id}:{person.person_id}:{fact.starts_at.isoformat()}"
        _tell(person, fact, subject, body, now, key=key)


def reminder(fact: SessionFact, now: datetime) -> None:
    """Remind the two within a day before, once per time it was booked for."""
    for to in (fact.learner, fact.host):
        what, who = title_of(fact), _other(fact, to).name
        subject = (
            _("Today: %(what)s with %(who)s", what=what, who=who)
            if _same_day(fact.starts_at, now, to)
            else _("Tomorrow: %(what)s with %(who)s", what=what, who=who)
        )
        body = _("It begins on %(at)s.", at=at(fact.starts_at, to))
        key = f"session-soon:{fact.session_id}:{to.person_id}:{fact.starts_at.isoformat()}"
        _tell(to, fact, subject, body, now, key=key)


def debrief_due(fact: SessionFact, to: PersonCard, now: datetime, *, again: bool) -> None:
    """Ask for a debrief, and once more two days later."""
    subject = _("How was it? %(what)s with %(who)s", what=title_of(fact), who=_other(fact, to).name)
    body = _("Three short questions, two minutes. You both read the answers once both have written.")
    word = "again" if again else "first"
    _tell(to, fact, subject, body, now, key=f"debrief:{word}:{fact.session_id}:{to.person_id}")


def signed_off(fact: SessionFact, passed: bool, now: datetime) -> None:
    """Tell the learner what the host decided."""
    if passed:
        subject = _("%(who)s signed off your work: %(what)s", who=fact.host.name, what=title_of(fact))
        body = _("It counts as evidence. Your matrix says what it raises.")
    else:
        subject = _("%(who)s did not sign off yet: %(what)s", who=fact.host.name, what=title_of(fact))
        body = _("The note on its page says what to try next time.")
    _tell(fact.learner, fact, subject, body, now)


def missed(fact: SessionFact, by: int, now: datetime) -> None:
    """Tell the other of the two that a session is said not to have taken place."""
    to, teller = fact.other_than(by), fact.other_than(fact.other_than(by).person_id)
    subject = _("%(who)s says it did not take place: %(what)s", who=teller.name, what=title_of(fact))
    body = _(
        "It was to be on %(at)s. Reason: %(reason)s Nothing comes of it as evidence; no debrief is needed.",
        at=at(fact.starts_at, to),
        reason=_sentence(fact.reason),
    )
    _tell(to, fact, subject, body, now)


def settled(session_id: int, asked: Collection[int], now: datetime) -> None:
    """Mark what asked people to act on a session as read: they or a substitute have, or need not any more."""
    for person_id in asked:
        mark_done(person_id, _page(session_id), now)


def _same_day(one: datetime, other: datetime, to: PersonCard) -> bool:
    zone = ZoneInfo(to.time_zone)
    return one.astimezone(zone).date() == other.astimezone(zone).date()


def _other(fact: SessionFact, to: PersonCard) -> PersonCard:
    return fact.other_than(to.person_id)


def _tell(
    to: PersonCard, fact: SessionFact, subject: str, body: str, now: datetime, *, key: str | None = None
) -> None:
    if to.is_active:
        enqueue(
            to.person_id, NoticeKind.SESSION, subject, body, now, link=_page(fact.session_id), dedupe_key=key
        )


def _page(session_id: int) -> str:
    return f"/sessions/{session_id}"


def _sentence(reason: str) -> str:
    text = reason.strip() or _("none given")
    return text if text.endswith((".", "!", "?", "。")) else f"{text}."
