"""Which coming sessions and rotations lie on days that somebody of the two is away."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.db import db
from app.people import queries as people
from app.people.identity import PersonCard
from app.scheduling.availability import on_leave, slots_of
from app.scheduling.kinds import LIVE
from app.scheduling.models_sessions import ShadowSession
from app.scheduling.queries_rotations import RotationFact, live_rotations
from app.scheduling.queries_sessions import SessionFact, sessions_by_id

ONE_DAY = timedelta(days=1)
"""Local days lie at most this far from the same day in UTC."""


def sessions_in_leave(now: datetime) -> list[tuple[SessionFact, list[PersonCard]]]:
    """Return the coming sessions during which the learner or the host has leave, with who is away."""
    rows = db.session.execute(
        select(
            ShadowSession.id,
            ShadowSession.learner_id,
            ShadowSession.host_id,
            ShadowSession.starts_at,
            ShadowSession.minutes,
        )
        .where(ShadowSession.state.in_(LIVE), ShadowSession.starts_at > now)
        .order_by(ShadowSession.id)
    ).all()
    if not rows:
        return []
    both = {person_id for row in rows for person_id in (row.learner_id, row.host_id)}
    cards = people.cards(both)
    last = max(row.starts_at for row in rows)
    leave = people.leave_of(both, (now - ONE_DAY).date(), (last + 2 * ONE_DAY).date())
    found: dict[int, list[PersonCard]] = {}
    for row in rows:
        two = [cards[row.learner_id], cards[row.host_id]]
        if gone := _away(two, leave, row.starts_at, row.minutes):
            found[row.id] = gone
    facts = sessions_by_id(found)
    return [(facts[session_id], gone) for session_id, gone in found.items()]


def rotations_in_leave(now: datetime) -> list[tuple[RotationFact, PersonCard, date, date]]:
    """Return the live rotations with who of the two is away, and from which to which of their days.

    Leave that is over by that person's day is left out.
    """
    facts = live_rotations()
    if not facts:
        return []
    both = {each.person_id for fact in facts for each in (fact.employee, fact.supervisor)}
    leave = people.leave_of(both, (now - ONE_DAY).date(), max(fact.until_on for fact in facts))
    return [
        (fact, each, max(first, fact.from_on), min(last, fact.until_on))
        for fact in facts
        for each in {card.person_id: card for card in (fact.employee, fact.supervisor)}.values()
        for first, last in leave[each.person_id]
        if first <= fact.until_on
        and min(last, fact.until_on) >= max(fact.from_on, now.astimezone(ZoneInfo(each.time_zone)).date())
    ]


def away_during(fact: SessionFact) -> list[PersonCard]:
    """Return who of the two has leave during a session."""
    two = [fact.learner, fact.host]
    span = ((fact.starts_at - ONE_DAY).date(), (fact.ends_at + ONE_DAY).date())
    leave = people.leave_of([each.person_id for each in two], *span)
    return _away(two, leave, fact.starts_at, fact.minutes)


def _away(
    two: Collection[PersonCard],
    leave: Mapping[int, list[tuple[date, date]]],
    starts_at: datetime,
    minutes: int,
) -> list[PersonCard]:
    slots = slots_of(starts_at, minutes)
    return [
        each
        for each in two
        if any(on_leave(slot, tuple(leave[each.person_id]), each.time_zone) for slot in slots)
    ]
