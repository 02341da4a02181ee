"""Reads about assessors: how far their ratings agree with those of others on the same role-plays."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from app.db import db
from app.roleplays.agreement import Observation as Rated
from app.roleplays.models import Observation
from app.roleplays.raters import RaterQuality, Standing, rater_quality
from app.roleplays.states import SheetState


def quality_of(assessor_ids: Collection[int]) -> dict[int, RaterQuality]:
    """Return each assessor's agreement with co-observers, over all shared ratings, in one query."""
    shared = select(Observation.round_id).where(
        Observation.assessor_id.in_(set(assessor_ids)), Observation.state == SheetState.SUBMITTED
    )
    rows = db.session.execute(
        select(Observation.round_id, Observation.assessor_id, Observation.scores).where(
            Observation.round_id.in_(shared), Observation.state == SheetState.SUBMITTED
        )
    )
    rated = [
        Rated(str(round_id), criterion, str(assessor_id), level)
        for round_id, assessor_id, scores in rows
        for criterion, level in scores.items()
        if level is not None
    ]
    found = {int(each.rater): each for each in rater_quality(rated)}
    return {each: found[each] for each in assessor_ids if each in found}


def may_stand_alone(assessor_ids: Collection[int]) -> bool:
    """Tell whether these observers' word counts: two of them, or one whose sign-offs need no second."""
    if len(set(assessor_ids)) > 1:
        return True
    return all(each.standing is not Standing.SECOND_NEEDED for each in quality_of(assessor_ids).values())
