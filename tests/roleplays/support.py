"""Load the small library, let people hold level 3, and play a role-play through."""

from __future__ import annotations

from datetime import timedelta

from app import clock
from app.competency import service as competency
from app.competency.inputs import EvidenceInput
from app.competency.kinds import EvidenceKind
from app.db import db, transaction
from app.people.queries import actor_for
from app.roleplays import queries, service, service_scoring
from app.roleplays.queries import RoundFact
from app.roleplays.sheet import Sheet
from tests.curriculum.test_views import load_files

KEY = "calm/practice"
TASK = "calm/do-it"
COMPETENCY = "keep-calm"
__all__ = ["COMPETENCY", "KEY", "TASK", "ask", "give_level", "load_files", "score", "sheet_with", "submit"]


def give_level(person_id: int, by: int, level: int = 3, competency_id: str = COMPETENCY) -> None:
    """Let a person hold a level by prior learning."""
    now = clock.now()
    with transaction():
        competency.record_evidence(
            EvidenceInput(
                person_id=person_id,
                competency_id=competency_id,
                kind=EvidenceKind.PRIOR_LEARNING,
                source_kind="test",
                source_id=f"prior-{person_id}-{level}",
                observed_at=now,
                level=level,
                valid_until=now + timedelta(days=300),
                note="Came from a similar job",
                assessor_id=by,
            ),
            now,
        )


def sheet_with(level: int | None, note: str = "", overall: int = 3) -> Sheet:
    return Sheet({"listens": level}, {"listens": note} if note else {}, "Keep going", overall)


def ask(learner: int, assessor: int, by: int | None = None) -> tuple[int, int]:
    now = clock.now()
    with transaction():
        return service.ask_assessor(actor_for(by or learner, now), learner, KEY, assessor, now)


def submit(assessor: int, sheet_id: int, sheet: Sheet) -> RoundFact:
    now = clock.now()
    with transaction():
        return service_scoring.submit_sheet(actor_for(assessor, now), sheet_id, sheet, now)


def score(learner: int, *assessors: tuple[int, int | None]) -> RoundFact:
    """Let each of the assessors give a level; return the round."""
    asked = [(who, *ask(learner, who), level) for who, level in assessors]
    for who, _round_id, sheet_id, level in asked:
        found = submit(who, sheet_id, sheet_with(level))
    db.session.rollback()
    return queries.find_round(found.id) or found
