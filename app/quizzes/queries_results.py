"""How people did in quizzes, over all their attempts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.quizzes.attempt_rules import HANDED_IN, AttemptState
from app.quizzes.models import Attempt


@dataclass(frozen=True, slots=True)
class QuizResult:
    """State how one person did in one quiz: the best attempt counts."""

    person_id: int
    activity_key: str
    attempts: int
    best_percent: float | None
    passed: bool
    passed_at: datetime | None
    awaiting: bool


def results_for(person_ids: Collection[int]) -> dict[int, list[QuizResult]]:
    """Return, per person, how they did in each quiz they handed in; one query per 500 people."""
    out: dict[int, list[QuizResult]] = {person_id: [] for person_id in person_ids}
    ids = list(out)
    for start in range(0, len(ids), 500):
        kept: dict[tuple[int, str], list[Attempt]] = {}
        for row in db.session.scalars(
            select(Attempt)
            .where(Attempt.person_id.in_(ids[start : start + 500]), Attempt.state.in_(HANDED_IN))
            .order_by(Attempt.person_id, Attempt.activity_key, Attempt.number)
        ):
            kept.setdefault((row.person_id, row.activity_key), []).append(row)
        for (person_id, key), rows in kept.items():
            out[person_id].append(_result(person_id, key, rows))
    return out


def _result(person_id: int, key: str, rows: list[Attempt]) -> QuizResult:
    percents = [row.percent for row in rows if row.percent is not None]
    passed = [row.graded_at or row.ended_at for row in rows if row.passed]
    return QuizResult(
        person_id=person_id,
        activity_key=key,
        attempts=len(rows),
        best_percent=max(percents, default=None),
        passed=bool(passed),
        passed_at=min((moment for moment in passed if moment), default=None),
        awaiting=any(row.state == AttemptState.AWAITING_GRADING for row in rows),
    )
