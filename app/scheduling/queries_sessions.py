"""Reads of sessions: one, a person's, what waits for whom; frozen results, bounded queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, or_, select

from app.competency import queries as competency
from app.db import db
from app.people import queries as people
from app.people.identity import PersonCard
from app.reads import fetch
from app.scheduling.kinds import LIVE, TAKING_TIME, Answer, Mode, Part, SessionKind, State
from app.scheduling.models_sessions import Debrief, SessionAnswer, SessionEvent, ShadowSession


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """State what one part answered; `person_id` was asked, `decided_by` pressed the button."""

    part: Part
    person_id: int
    answer: Answer
    decided_by: int | None


@dataclass(frozen=True, slots=True)
class SessionFact:
    """Show one session with names, answers and who has debriefed."""

    session_id: int
    uid: str
    kind: SessionKind
    mode: Mode | None
    competency_id: str | None
    competency_title: str | None
    learner: PersonCard
    host: PersonCard
    proposer_id: int
    starts_at: datetime
    ends_at: datetime
    minutes: int
    state: State
    version: int
    sequence: int
    note: str
    reason: str
    override_reason: str
    overridden: tuple[str, ...]
    signed_off_at: datetime | None
    signed_off_by: int | None
    signed_off_passed: bool | None
    signed_off_note: str
    created_at: datetime
    changed_at: datetime
    answers: tuple[PartAnswer, ...] = ()
    debriefed: frozenset[Part] = field(default_factory=frozenset)

    def other_than(self, person_id: int) -> PersonCard:
        """Return the other of the two people."""
        return self.host if person_id == self.learner.person_id else self.learner

    def part_of(self, person_id: int) -> Part | None:
        """Return in which part a person takes part, or None."""
        if person_id == self.learner.person_id:
            return Part.LEARNER
        return Part.HOST if person_id == self.host.person_id else None

    def over(self, now: datetime) -> bool:
        """Tell whether the session took place: its end has passed and everyone had agreed."""
        return self.state == State.HELD or (self.state == State.ACCEPTED and self.ends_at <= now)

    def waits_for(self, part: Part) -> bool:
        return any(a.part == part and a.answer == Answer.WAITING for a in self.answers)


@dataclass(frozen=True, slots=True)
class DebriefFact:
    """Show one side's debrief."""

    part: Part
    person_id: int
    saw: str
    learned: str
    next_step: str
    rating: int | None
    written_at: datetime


@dataclass(frozen=True, slots=True)
class EventFact:
    """Show one step in the life of a session."""

    what: str
    by_id: int | None
    at: datetime
    starts_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class HeldSession:
    """State that a person took part in a session, for steps that count them."""

    session_id: int
    person_id: int
    kind: SessionKind
    hosted: bool
    other_person_id: int
    other_department: str | None
    at: datetime
    minutes: int


_IDS: BindParameter[list[int]] = bindparam("ids", expanding=True)
_HELD: Select[*tuple[Any, ...]] = (
    select(
        ShadowSession.id,
        ShadowSession.kind,
        ShadowSession.learner_id,
        ShadowSession.host_id,
        ShadowSession.starts_at,
        ShadowSession.minutes,
    )
    .where(
        or_(ShadowSession.learner_id.in_(_IDS), ShadowSession.host_id.in_(_IDS)),
        ShadowSession.state == State.HELD,
    )
    .order_by(ShadowSession.starts_at, ShadowSession.id)
)

# Mostly nothing waits: these find the ids, and what is shown of them is read only where there are some.
OVER = or_(
    ShadowSession.state == State.HELD,
    (ShadowSession.state == State.ACCEPTED) & (ShadowSession.ends_at <= bindparam("now")),
)
_ID = select(ShadowSession.id).order_by(ShadowSession.starts_at, ShadowSession.id)
_ME: BindParameter[int] = bindparam("person_id")
_TO_DEBRIEF = _ID.where(
    or_(ShadowSession.learner_id == _ME, ShadowSession.host_id == _ME),
    OVER,
    ShadowSession.id.not_in(select(Debrief.session_id).where(Debrief.person_id == _ME)),
).limit(50)
_TO_SIGN_OFF = _ID.where(
    ShadowSession.host_id == _ME,
    ShadowSession.mode.in_([Mode.ASSIST, Mode.REVERSE_SHADOW]),
    ShadowSession.signed_off_at.is_(None),
    OVER,
).limit(50)
_INVITED = _ID.where(
    ShadowSession.id.in_(
        select(SessionAnswer.session_id).where(
            SessionAnswer.person_id.in_(_IDS), SessionAnswer.answer == Answer.WAITING
        )
    ),
    ShadowSession.state == State.PROPOSED,
    ShadowSession.starts_at > bindparam("now"),
).limit(100)


def find_session(session_id: int) -> SessionFact | None:
    """Return one session, or None."""
    return next(iter(_load(ShadowSession.id == session_id)), None)


def sessions_by_id(session_ids: Collection[int]) -> dict[int, SessionFact]:
    """Return these sessions by id; asks nothing where there are none."""
    found = _load(ShadowSession.id.in_(session_ids)) if session_ids else []
    return {each.session_id: each for each in found}


def find_by_request(request_key: str) -> int | None:
    """Return the id of the session that a form with this key booked, or None."""
    return db.session.scalar(select(ShadowSession.id).where(ShadowSession.request_key == request_key))


def sessions_between(
    person_ids: Collection[int],
    from_at: datetime,
    until_at: datetime,
    states: Iterable[State] = TAKING_TIME,
) -> list[SessionFact]:
    """Return the sessions of these people that touch a span, earliest first."""
    return _load(
        _of(person_ids),
        ShadowSession.starts_at < until_at,
        ShadowSession.ends_at > from_at,
        ShadowSession.state.in_(list(states)),
    )


def upcoming_for(person_id: int, now: datetime, limit: int = 5) -> list[SessionFact]:
    """Return a person's coming sessions, proposed ones included, earliest first."""
    return _load(_of([person_id]), ShadowSession.ends_at > now, ShadowSession.state.in_(LIVE), limit=limit)


def to_debrief_for(person_id: int, now: datetime) -> list[SessionFact]:
    """Return the sessions that are over and that this person has not debriefed, oldest first."""
    return _found(_TO_DEBRIEF, {"person_id": person_id, "now": now})


def to_sign_off_for(host_id: int, now: datetime) -> list[SessionFact]:
    """Return the host's sessions whose learner did the work and that wait for a sign-off."""
    return _found(_TO_SIGN_OFF, {"person_id": host_id, "now": now})


def invitations_for(person_ids: Collection[int], now: datetime) -> list[SessionFact]:
    """Return proposed sessions in which one of these people has yet to answer, earliest first."""
    return _found(_INVITED, {"ids": list(set(person_ids)), "now": now})


def recent_for(person_id: int, limit: int = 10) -> list[SessionFact]:
    """Return a person's sessions that ended one way or another, newest first."""
    return _load(
        _of([person_id]),
        ShadowSession.state.not_in(LIVE),
        newest=True,
        limit=limit,
    )


def feed_sessions(person_id: int, since: datetime) -> list[SessionFact]:
    """Return everything a calendar should know about, cancelled sessions included."""
    return _load(_of([person_id]), ShadowSession.ends_at >= since)


def held_sessions(person_ids: Collection[int]) -> list[HeldSession]:
    """Return the sessions that took place, once per person asked for, oldest first."""
    wanted = set(person_ids)
    if not wanted:
        return []
    rows = fetch(_HELD, {"ids": list(wanted)}).all()
    cards = people.cards({p for row in rows for p in (row.learner_id, row.host_id)})
    return [
        HeldSession(
            row.id,
            mine,
            SessionKind(row.kind),
            mine == row.host_id,
            other,
            cards[other].department_key,
            row.starts_at,
            row.minutes,
        )
        for row in rows
        for mine, other in ((row.learner_id, row.host_id), (row.host_id, row.learner_id))
        if mine in wanted
    ]


def debriefs_of(session_id: int) -> dict[Part, DebriefFact]:
    """Return what each side wrote, by part."""
    rows = db.session.scalars(select(Debrief).where(Debrief.session_id == session_id))
    return {
        Part(r.part): DebriefFact(
            Part(r.part), r.person_id, r.saw, r.learned, r.next_step, r.rating, r.written_at
        )
        for r in rows
    }


def events_of(session_id: int) -> list[EventFact]:
    """Return the steps in the life of a session, newest first."""
    rows = db.session.scalars(
        select(SessionEvent).where(SessionEvent.session_id == session_id).order_by(SessionEvent.id.desc())
    )
    return [EventFact(r.what, r.by_id, r.at, r.starts_at, r.reason) for r in rows]


def _found(ids: Select[int], asked: Mapping[str, object]) -> list[SessionFact]:
    """Return the sessions whose ids a statement finds, earliest first."""
    return list(sessions_by_id(fetch(ids, asked).scalars().all()).values())


def _of(person_ids: Collection[int]) -> ColumnElement[bool]:
    ids = set(person_ids)
    return or_(ShadowSession.learner_id.in_(ids), ShadowSession.host_id.in_(ids))


def _load(*where: ColumnElement[bool], limit: int | None = None, newest: bool = False) -> list[SessionFact]:
    order = (ShadowSession.starts_at, ShadowSession.id)
    query = (
        select(ShadowSession)
        .where(*where)
        .order_by(*(column.desc() for column in order) if newest else order)
        .execution_options(populate_existing=True)
    )
    rows = list(db.session.scalars(query.limit(limit) if limit else query))
    if not rows:
        return []
    ids = {row.id for row in rows}
    cards = people.cards({p for row in rows for p in (row.learner_id, row.host_id)})
    answers: dict[int, list[PartAnswer]] = defaultdict(list)
    for a in db.session.execute(
        select(
            SessionAnswer.session_id,
            SessionAnswer.part,
            SessionAnswer.person_id,
            SessionAnswer.answer,
            SessionAnswer.decided_by,
        ).where(SessionAnswer.session_id.in_(ids))
    ):
        answers[a.session_id].append(PartAnswer(Part(a.part), a.person_id, Answer(a.answer), a.decided_by))
    written: dict[int, set[Part]] = defaultdict(set)
    for session_id, part in db.session.execute(
        select(Debrief.session_id, Debrief.part).where(Debrief.session_id.in_(ids))
    ):
        written[session_id].add(Part(part))
    titles = competency_titles() if any(row.competency_id for row in rows) else {}
    return [_fact(row, cards, answers[row.id], written[row.id], titles) for row in rows]


def competency_titles() -> dict[str, str]:
    """Return the titles of the competencies of the framework in force, by id."""
    framework = competency.find_framework()
    return {each.id: each.title for each in framework.competencies} if framework else {}


def _fact(
    row: ShadowSession,
    cards: dict[int, PersonCard],
    answers: list[PartAnswer],
    written: set[Part],
    titles: dict[str, str],
) -> SessionFact:
    return SessionFact(
        session_id=row.id,
        uid=row.uid,
        kind=SessionKind(row.kind),
        mode=Mode(row.mode) if row.mode else None,
        competency_id=row.competency_id,
        competency_title=titles.get(row.competency_id, row.competency_id) if row.competency_id else None,
        learner=cards[row.learner_id],
        host=cards[row.host_id],
        proposer_id=row.proposer_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        minutes=row.minutes,
        state=State(row.state),
        version=row.version,
        sequence=row.sequence,
        note=row.note,
        reason=row.reason,
        override_reason=row.override_reason,
        overridden=tuple(row.overridden.split()),
        signed_off_at=row.signed_off_at,
        signed_off_by=row.signed_off_by,
        signed_off_passed=row.signed_off_passed,
        signed_off_note=row.signed_off_note,
        created_at=row.created_at,
        changed_at=row.changed_at,
        answers=tuple(sorted(answers, key=lambda a: list(Part).index(a.part))),
        debriefed=frozenset(written),
    )
