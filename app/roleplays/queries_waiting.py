"""What waits for a person, and what they were told lately: for home pages and the assessments page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.db import db
from app.people import queries as people
from app.people.identity import Actor
from app.roleplays import queries_signoffs as sign_offs
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


def waiting_for(actor: Actor, now: datetime) -> list[Waiting]:
    """Return what waits for the actor, oldest first: assessments, reconciliations, sign-offs; four queries.

    `now` bounds nothing yet asked for in the future out.
    """
    found = [
        *_sheets(actor.person_id),
        *_reconciliations(actor.person_id),
        *(
            ("sign_off", each.learner_id, each.title, each.asked_at, f"/sign-offs/{each.id}")
            for each in sign_offs.asked_of(actor.person_id)
        ),
    ]
    cards = people.cards({each[1] for each in found})
    waiting = [
        Waiting(kind, learner_id, cards[learner_id].name, title, since, href)
        for kind, learner_id, title, since, href in found
        if since <= now
    ]
    return sorted(waiting, key=lambda each: (each.since, each.href))


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


def asked_for(person_id: int) -> set[str]:
    """Return the activities for which a learner waits for somebody else: to be assessed, to be signed off."""
    rounds = db.session.scalars(
        select(AssessmentRound.activity_key)
        .join(Observation, Observation.round_id == AssessmentRound.id)
        .where(
            AssessmentRound.learner_id == person_id,
            AssessmentRound.state.in_(LIVE_ROUNDS),
            Observation.state != SheetState.DECLINED,
        )
    )
    tasks = db.session.scalars(
        select(SignOff.activity_key).where(
            SignOff.learner_id == person_id, SignOff.state == SignOffState.ASKED
        )
    )
    return {*rounds, *tasks}


def _sheets(person_id: int) -> list[tuple[str, int, str, datetime, str]]:
    rows = db.session.execute(
        select(Observation, AssessmentRound.learner_id, RolePlay.title)
        .join(AssessmentRound, AssessmentRound.id == Observation.round_id)
        .join(RolePlay, RolePlay.activity_key == AssessmentRound.activity_key)
        .where(
            Observation.assessor_id == person_id,
            Observation.state == SheetState.DRAFT,
            AssessmentRound.state.in_(LIVE_ROUNDS),
        )
    )
    return [
        (
            "draft" if sheet.scores or sheet.overall_note or sheet.clock_started_at else "assess",
            learner_id,
            title,
            sheet.asked_at,
            f"/assessments/{sheet.id}",
        )
        for sheet, learner_id, title in rows
    ]


def _reconciliations(person_id: int) -> list[tuple[str, int, str, datetime, str]]:
    rows = db.session.execute(
        select(AssessmentRound, RolePlay.title, Observation.submitted_at, Reconciliation.agreed_by)
        .join(Observation, Observation.round_id == AssessmentRound.id)
        .join(RolePlay, RolePlay.activity_key == AssessmentRound.activity_key)
        .outerjoin(Reconciliation, Reconciliation.round_id == AssessmentRound.id)
        .where(
            AssessmentRound.state == RoundState.NEEDS_RECONCILIATION,
            Observation.assessor_id == person_id,
            Observation.state == SheetState.SUBMITTED,
        )
    )
    return [
        ("reconcile", row.learner_id, title, submitted_at, f"/role-plays/rounds/{row.id}/reconcile")
        for row, title, submitted_at, agreed in rows
        if submitted_at is not None and person_id not in (agreed or [])
    ]
