"""End requests to assess or sign off when the account of whoever asked or was asked is deactivated."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from app.db import db
from app.people import queries as people
from app.people.identity import PersonCard
from app.roleplays import service_notices as notices
from app.roleplays import service_requests as requests
from app.roleplays.models import AssessmentRound, Observation, SignOff
from app.roleplays.states import LIVE_ROUNDS, RoundState, SheetState, SignOffState


def release_departed(now: datetime) -> None:
    """Give back what waits for deactivated people, so that the learner asks someone else.

    Requests of deactivated learners end; whoever was asked is told that nothing is wanted any more.
    """
    _release_sheets(now)
    _release_sign_offs(now)


def _release_sheets(now: datetime) -> None:
    rows = db.session.execute(
        select(Observation.id, Observation.assessor_id, AssessmentRound.learner_id)
        .join(AssessmentRound, AssessmentRound.id == Observation.round_id)
        .where(Observation.state == SheetState.DRAFT, AssessmentRound.state.in_(LIVE_ROUNDS))
        .order_by(Observation.id)
    ).all()
    cards = people.cards({each for row in rows for each in (row.assessor_id, row.learner_id)})
    for sheet_id, assessor_id, learner_id in rows:
        if not cards[learner_id].is_active:
            requests.end_with_learner(sheet_id, now)
        elif not cards[assessor_id].is_active:
            requests.end_with_assessor(sheet_id, _reason(cards[assessor_id]), now)
    _withdraw_rounds()


def _withdraw_rounds() -> None:
    """End the live rounds of deactivated learners, those with nobody awaited included."""
    rows = db.session.execute(
        select(AssessmentRound.id, AssessmentRound.learner_id).where(AssessmentRound.state.in_(LIVE_ROUNDS))
    ).all()
    cards = people.cards({row.learner_id for row in rows})
    gone = [round_id for round_id, learner_id in rows if not cards[learner_id].is_active]
    if gone:
        db.session.execute(
            update(AssessmentRound)
            .where(AssessmentRound.id.in_(gone), AssessmentRound.state.in_(LIVE_ROUNDS))
            .values(state=RoundState.WITHDRAWN)
        )


def _release_sign_offs(now: datetime) -> None:
    rows = db.session.execute(
        select(SignOff.id, SignOff.learner_id, SignOff.signer_id, SignOff.title, SignOff.activity_key)
        .where(SignOff.state == SignOffState.ASKED)
        .order_by(SignOff.id)
    ).all()
    cards = people.cards({each for row in rows for each in (row.learner_id, row.signer_id)})
    for row in rows:
        learner, signer = cards[row.learner_id], cards[row.signer_id]
        if learner.is_active and signer.is_active:
            continue
        ended = db.session.execute(
            update(SignOff)
            .where(SignOff.id == row.id, SignOff.state == SignOffState.ASKED)
            .values(state=SignOffState.WITHDRAWN, answered_at=now)
        )
        if not ended.rowcount:  # type: ignore[attr-defined]
            continue
        if learner.is_active:
            notices.signer_left(learner.person_id, signer.name, row.title, f"/tasks/{row.activity_key}", now)
        else:
            notices.sign_off_not_wanted(signer.person_id, learner.name, row.title, now)


def _reason(gone: PersonCard) -> str:
    return _("%(name)s no longer has an account here.", name=gone.name)
