"""What waits for a person, and what they were told lately: for home pages and the assessments page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Row, bindparam, or_, select, union_all

from app.db import db
from app.people import queries as people
from app.people.identity import Actor
from app.reads import fetch
from app.roleplays.models import AssessmentRound, Observation, Reconciliation, RolePlay, SignOff
from app.roleplays.states import LIVE_ROUNDS, RoundState, SheetState, SignOffState


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: `kind` is assess | draft | reconcile | sign_off, `href` where it is done."""

    kind: str
    learner_id: int
    learner_name: str
    title: str
    since: datetime
    href: str


@dataclass(frozen=True)
class RecentFeedback:
    """One finished role-play of a learner."""

    round_id: int
    title: str
    passed: bool
    mean: float | None
    done_at: datetime
    href: str


_ME: BindParameter[int] = bindparam("person_id")
_SHEETS = (
    select(
        AssessmentRound.id,
        AssessmentRound.learner_id,
        AssessmentRound.activity_key,
        AssessmentRound.state,
        RolePlay.title,
        Observation.id.label("sheet_id"),
        Observation.assessor_id,
        Observation.state.label("sheet_state"),
        Observation.asked_at,
        Observation.submitted_at,
        Observation.clock_started_at,
        Observation.overall_note,
        Observation.scores,
        Reconciliation.agreed_by,
    )
    .join(Observation, Observation.round_id == AssessmentRound.id)
    .join(RolePlay, RolePlay.activity_key == AssessmentRound.activity_key)
    .outerjoin(Reconciliation, Reconciliation.round_id == AssessmentRound.id)
    .where(AssessmentRound.state.in_(list(LIVE_ROUNDS)), Observation.state != SheetState.DECLINED)
)
_ROUNDS = union_all(  # not one OR over two tables, which no index answers
    _SHEETS.where(Observation.assessor_id == _ME),
    _SHEETS.where(AssessmentRound.learner_id == _ME, Observation.assessor_id != _ME),
)
_TASKS = select(
    SignOff.id, SignOff.learner_id, SignOff.signer_id, SignOff.activity_key, SignOff.title, SignOff.asked_at
).where(or_(SignOff.signer_id == _ME, SignOff.learner_id == _ME), SignOff.state == SignOffState.ASKED)


@dataclass(frozen=True)
class Concerns:
    """What waits for a person, oldest first, and the activities for which they wait for somebody else."""

    waiting: list[Waiting]
    asked: frozenset[str]


def concerns_of(actor: Actor, now: datetime) -> Concerns:
    """Return what role-plays and tasks want of the actor and what the actor wants of others; two queries,
    and one for the names where something waits.

    `now` bounds nothing yet asked for in the future out.
    """
    me = actor.person_id
    rounds = fetch(_ROUNDS, {"person_id": me}).all()
    tasks = fetch(_TASKS, {"person_id": me}).all()
    found = [each for row in rounds if row.assessor_id == me and (each := _sheet(row, me)) is not None]
    found += [
        ("sign_off", row.learner_id, row.title, row.asked_at, f"/sign-offs/{row.id}")
        for row in tasks
        if row.signer_id == me
    ]
    cards = people.cards({each[1] for each in found})
    waiting = [
        Waiting(kind, learner_id, cards[learner_id].name, title, since, href)
        for kind, learner_id, title, since, href in found
        if since <= now
    ]
    return Concerns(
        sorted(waiting, key=lambda each: (each.since, each.href)),
        frozenset(row.activity_key for row in [*rounds, *tasks] if row.learner_id == me),
    )


def waiting_for(actor: Actor, now: datetime) -> list[Waiting]:
    """Return what waits for the actor, oldest first: assessments, reconciliations, sign-offs."""
    return concerns_of(actor, now).waiting


def recent_feedback(person_id: int, now: datetime, *, days: int = 30) -> list[RecentFeedback]:
    """Return a learner's role-plays that were settled within the last days, newest first."""
    rows = db.session.execute(
        select(AssessmentRound, RolePlay.title)
        .join(RolePlay, RolePlay.activity_key == AssessmentRound.activity_key)
        .where(
            AssessmentRound.learner_id == person_id,
            AssessmentRound.state == RoundState.DONE,
            AssessmentRound.done_at > now - timedelta(days=days),
        )
        .order_by(AssessmentRound.done_at.desc(), AssessmentRound.id.desc())
    )
    return [
        RecentFeedback(row.id, title, bool(row.passed), row.mean, row.done_at, f"/role-plays/rounds/{row.id}")
        for row, title in rows
        if row.done_at is not None
    ]


def _sheet(row: Row[*tuple[Any, ...]], person_id: int) -> tuple[str, int, str, datetime, str] | None:
    """Return what a sheet asks of its assessor: to begin or finish it, to settle a difference, or nothing."""
    if row.sheet_state == SheetState.DRAFT:
        begun = row.scores or row.overall_note or row.clock_started_at
        kind = "draft" if begun else "assess"
        return kind, row.learner_id, row.title, row.asked_at, f"/assessments/{row.sheet_id}"
    settling = row.state == RoundState.NEEDS_RECONCILIATION and row.sheet_state == SheetState.SUBMITTED
    if settling and row.submitted_at is not None and person_id not in (row.agreed_by or []):
        href = f"/role-plays/rounds/{row.id}/reconcile"
        return "reconcile", row.learner_id, row.title, row.submitted_at, href
    return None
