"""What one person's own week holds: coming sessions, invitations, debriefs owed and minutes, in one look.

A home page asks this each time it opens, and mostly the answer is short: one narrow statement finds the
sessions that matter, and their names and answers are read only where there are some.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, exists, or_, select

from app.reads import fetch
from app.scheduling.kinds import LIVE, TAKING_TIME, Answer, State
from app.scheduling.models_sessions import Debrief, SessionAnswer, ShadowSession
from app.scheduling.queries_sessions import OVER, SessionFact, sessions_by_id

MOST_INVITATIONS = 100
MOST_DEBRIEFS = 50

_ME: BindParameter[int] = bindparam("person_id")
_ASKED = exists().where(
    SessionAnswer.session_id == ShadowSession.id,
    SessionAnswer.person_id == _ME,
    SessionAnswer.answer == Answer.WAITING,
)
_WRITTEN = exists().where(Debrief.session_id == ShadowSession.id, Debrief.person_id == _ME)
_MINE = or_(ShadowSession.learner_id == _ME, ShadowSession.host_id == _ME)
_SESSIONS = (
    select(
        ShadowSession.id,
        ShadowSession.learner_id,
        ShadowSession.host_id,
        ShadowSession.state,
        ShadowSession.starts_at,
        ShadowSession.ends_at,
        ShadowSession.minutes,
        _ASKED.label("asked"),
        _WRITTEN.label("written"),
    )
    .where(
        or_(
            _MINE,
            ShadowSession.id.in_(
                select(SessionAnswer.session_id).where(
                    SessionAnswer.person_id == _ME, SessionAnswer.answer == Answer.WAITING
                )
            ),
        ),
        or_(
            (ShadowSession.ends_at > bindparam("now")) & ShadowSession.state.in_(list(LIVE)),
            OVER & ~_WRITTEN,
            (ShadowSession.starts_at >= bindparam("start"))
            & (ShadowSession.starts_at < bindparam("end"))
            & ShadowSession.state.in_(list(TAKING_TIME)),
        ),
    )
    .order_by(ShadowSession.starts_at, ShadowSession.id)
)


@dataclass(frozen=True)
class MyWeek:
    """A person's sessions as they matter now; minutes are those as a learner within the week."""

    upcoming: list[SessionFact]
    invitations: list[SessionFact]
    to_debrief: list[SessionFact]
    booked_minutes: int
    past_minutes: int


def my_week(person_id: int, now: datetime, start: datetime, end: datetime, *, upcoming: int) -> MyWeek:
    """Return what matters to a person now, and their minutes of sessions that start in [start, end).

    `upcoming` bounds the coming sessions shown. `past_minutes` are those of sessions begun before `now`.
    """
    rows = fetch(_SESSIONS, {"person_id": person_id, "now": now, "start": start, "end": end}).all()
    mine = [row for row in rows if person_id in (row.learner_id, row.host_id)]
    over = {
        row.id
        for row in mine
        if row.state == State.HELD or (row.state == State.ACCEPTED and row.ends_at <= now)
    }
    coming = [row.id for row in mine if row.ends_at > now and row.state in LIVE][:upcoming]
    asked = [row.id for row in rows if row.asked and row.state == State.PROPOSED and row.starts_at > now]
    owed = [row.id for row in mine if row.id in over and not row.written]
    asked, owed = asked[:MOST_INVITATIONS], owed[:MOST_DEBRIEFS]
    facts = sessions_by_id({*coming, *asked, *owed})
    learning = [
        (row.starts_at, row.minutes)
        for row in rows
        if row.learner_id == person_id and start <= row.starts_at < end and row.state in TAKING_TIME
    ]
    return MyWeek(
        upcoming=[facts[each] for each in coming],
        invitations=[facts[each] for each in asked],
        to_debrief=[facts[each] for each in owed],
        booked_minutes=sum(minutes for _at, minutes in learning),
        past_minutes=sum(minutes for at, minutes in learning if at < now),
    )
