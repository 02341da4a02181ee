"""What people are told about rotations."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from flask_babel import gettext as _

from app.notifications.kinds import NoticeKind
from app.notifications.service import enqueue, mark_done
from app.people.identity import PersonCard
from app.scheduling.queries_rotations import RotationFact, TaskFact
from app.web.formatting import weekday_in


def asked(fact: RotationFact, to: Collection[PersonCard], now: datetime) -> None:
    """Ask everybody whose yes is needed."""
    for person in to:
        subject = _(
            "Your answer is asked: %(who)s with %(team)s", who=fact.employee.name, team=fact.host_team_name
        )
        _tell(
            person,
            fact,
            subject,
            _("%(days)s. Accept or decline on its page.", days=_days(fact, person)),
            now,
        )


def agreed(fact: RotationFact, now: datetime) -> None:
    """Tell employee and supervisor that everybody has agreed."""
    for person in (fact.employee, fact.supervisor):
        subject = _("Agreed: %(who)s with %(team)s", who=fact.employee.name, team=fact.host_team_name)
        body = _("%(days)s. The page lists the tasks to be signed off.", days=_days(fact, person))
        _tell(person, fact, subject, body, now)


def called_off(fact: RotationFact, by: str, to: Collection[PersonCard], now: datetime) -> None:
    """Tell everybody else that a rotation is off, and why."""
    for person in to:
        subject = _("%(by)s called off: %(who)s with %(team)s", by=by, who=fact.employee.name, team=fact.host_team_name)  # fmt: skip  # noqa: E501
        body = _(
            "%(days)s. Reason: %(reason)s", days=_days(fact, person), reason=fact.reason or _("none given")
        )
        _tell(person, fact, subject, body, now)


def lapsed(fact: RotationFact, now: datetime) -> None:
    """Tell employee and supervisor that a rotation ran out because not everybody had answered."""
    for person in (fact.employee, fact.supervisor):
        subject = _(
            "Not agreed in time: %(who)s with %(team)s", who=fact.employee.name, team=fact.host_team_name
        )
        body = _(
            "%(days)s. Not everybody had answered before its first day. Propose other days.",
            days=_days(fact, person),
        )
        _tell(person, fact, subject, body, now)


def ended_with_account(
    fact: RotationFact, gone: PersonCard, to: Collection[PersonCard], now: datetime
) -> None:
    """Tell those who remain that a rotation is off because somebody's account has ended."""
    for person in to:
        subject = _("Cancelled: %(who)s with %(team)s", who=fact.employee.name, team=fact.host_team_name)
        body = _(
            "%(days)s. %(who)s no longer has an account here. The days that are left are free again.",
            days=_days(fact, person),
            who=gone.name,
        )
        _tell(person, fact, subject, body, now)


def in_leave(
    fact: RotationFact, gone: PersonCard, away: tuple[date, date], to: Collection[PersonCard], now: datetime
) -> None:
    """Tell everybody concerned that one of the two has leave on days of a rotation, once per leave."""
    for person in to:
        who, team = fact.employee.name, fact.host_team_name
        if gone.person_id == person.person_id:
            subject = _("You are away then: %(who)s with %(team)s", who=who, team=team)
        else:
            subject = _("%(gone)s is away then: %(who)s with %(team)s", gone=gone.name, who=who, team=team)
        body = _(
            "%(days)s. Leave was entered for %(away)s. Agree what happens on those days; until its first day "
            "the rotation can be called off.",
            days=_days(fact, person),
            away=_span(*away, person),
        )
        key = f"rotation-leave:{fact.rotation_id}:{person.person_id}:{gone.person_id}:{away[0]}:{away[1]}"
        _tell(person, fact, subject, body, now, key=key)


def signed_off(fact: RotationFact, task: TaskFact, now: datetime) -> None:
    """Tell the employee that a task was signed off."""
    subject = _("%(who)s signed off: %(task)s", who=fact.supervisor.name, task=task.title)
    body = _("%(done)s of %(all)s tasks are done.", done=fact.signed_off, all=len(fact.tasks))
    _tell(fact.employee, fact, subject, body, now)


def settled(rotation_id: int, asked: Collection[int], now: datetime) -> None:
    """Mark what asked people about a rotation as read: they or a substitute have answered, or need not."""
    for person_id in asked:
        mark_done(person_id, _page(rotation_id), now)


def _days(fact: RotationFact, to: PersonCard) -> str:
    return _span(fact.from_on, fact.until_on, to)


def _span(from_on: date, until_on: date, to: PersonCard) -> str:
    first, last = (weekday_in(on, locale=to.locale) for on in (from_on, until_on))
    if from_on == until_on:
        return first
    return _("%(first)s to %(last)s", first=first, last=last)


def _tell(
    to: PersonCard, fact: RotationFact, subject: str, body: str, now: datetime, *, key: str | None = None
) -> None:
    if to.is_active:
        link = _page(fact.rotation_id)
        enqueue(to.person_id, NoticeKind.ROTATION, subject, body, now, link=link, dedupe_key=key)


def _page(rotation_id: int) -> str:
    return f"/rotations/{rotation_id}"
