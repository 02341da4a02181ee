"""Remind people once of requests to assess or to sign off that they have not answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.db import db
from app.roleplays import queries
from app.roleplays import service_notices as notices
from app.roleplays.models import AssessmentRound, Observation, SignOff
from app.roleplays.states import LIVE_ROUNDS, SheetState, SignOffState

REMIND_AFTER = timedelta(days=3)
NO_LONGER_AFTER = timedelta(days=30)
"""Older requests are not looked at again, so that the work does not grow with what nobody ever answers."""


def remind_unanswered(now: datetime) -> None:
    """Remind of sheets that were not begun and sign-offs not answered three days after they were asked."""
    first, last = now - NO_LONGER_AFTER, now - REMIND_AFTER
    for sheet in db.session.scalars(
        select(Observation)
        .join(AssessmentRound, AssessmentRound.id == Observation.round_id)
        .where(
            Observation.state == SheetState.DRAFT,
            Observation.asked_at > first,
            Observation.asked_at <= last,
            AssessmentRound.state.in_(LIVE_ROUNDS),
        )
        .order_by(Observation.id)
    ):
        found = queries.find_round(sheet.round_id)
        if found is not None and not next(each for each in found.sheets if each.id == sheet.id).begun:
            notices.assessment_reminder(found, sheet.id, sheet.assessor_id, sheet.asked_at, now)
    for row in db.session.scalars(
        select(SignOff)
        .where(SignOff.state == SignOffState.ASKED, SignOff.asked_at > first, SignOff.asked_at <= last)
        .order_by(SignOff.id)
    ):
        notices.sign_off_reminder(row.id, row.learner_id, row.signer_id, row.title, now)
