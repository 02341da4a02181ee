"""Mark finished attempts again after a question was mended; in the caller's transaction.

A regrade never edits a result in silence: it leaves a revision that says what was and what is, corrects the
evidence by superseding rows, and tells the person. Completed activities stay completed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from app.competency import queries_ledger as ledger
from app.competency import service as competency
from app.competency.inputs import EvidenceInput
from app.competency.kinds import EvidenceKind
from app.db import db
from app.facts import Gone, Impossible
from app.notifications import service as notices
from app.notifications.kinds import NoticeKind
from app.quizzes import queries
from app.quizzes.attempt_rules import HANDED_IN, AttemptState
from app.quizzes.models import Attempt, AttemptAnswer, BankQuestion, QuestionVersion, ResultRevision
from app.quizzes.question_json import question_from_json, response_from_json, response_to_json
from app.quizzes.regrading import carry_over
from app.quizzes.service_marking import SOURCE, note_changes, store_marks


class UnknownQuestion(Gone):
    """The bank has no such question."""


@dataclass(frozen=True, slots=True)
class Regraded:
    """Say what a regrade did to one attempt; `skipped` says why where it could not be carried over."""

    attempt_id: int
    person_id: int
    before: float | None
    after: float | None
    skipped: str = ""


def regrade_question(question_id: str, reason: str, by: int | None, now: datetime) -> list[Regraded]:
    """Mark every finished attempt that was asked an older version of a question under the current one.

    Returns one entry per attempt concerned; running it again concerns none. Raises UnknownQuestion, and
    ValueError without a reason.
    """
    if not reason.strip():
        raise Impossible("a regrade needs a reason that the people concerned can read")
    bank = db.session.get(BankQuestion, question_id)
    current = db.session.get(QuestionVersion, bank.current_version_id) if bank else None
    if current is None:
        raise UnknownQuestion(question_id)
    rows = db.session.execute(
        select(AttemptAnswer, QuestionVersion)
        .join(Attempt, Attempt.id == AttemptAnswer.attempt_id)
        .join(
            QuestionVersion,
            QuestionVersion.id == func.coalesce(AttemptAnswer.marked_version_id, AttemptAnswer.version_id),
        )
        .where(
            QuestionVersion.question_id == question_id,
            QuestionVersion.id != current.id,
            Attempt.state.in_(HANDED_IN),
        )
        .order_by(AttemptAnswer.attempt_id)
    ).all()
    return [
        _regrade(answer, version, current, reason=reason.strip(), by=by, now=now) for answer, version in rows
    ]


def _regrade(
    answer: AttemptAnswer,
    version: QuestionVersion,
    current: QuestionVersion,
    *,
    reason: str,
    by: int | None,
    now: datetime,
) -> Regraded:
    db.session.execute(
        update(Attempt).where(Attempt.id == answer.attempt_id).values(revision=Attempt.revision + 1)
    )
    attempt = db.session.get_one(Attempt, answer.attempt_id, populate_existing=True)
    response = carry_over(
        response_from_json(answer.response),
        question_from_json(version.definition),
        question_from_json(current.definition),
    )
    before = _result(attempt, answer)
    if response is None:
        why = "the answer given has no counterpart in the mended question"
        return Regraded(attempt.id, attempt.person_id, attempt.percent, attempt.percent, why)
    answer.response, answer.marked_version_id = response_to_json(response), current.id
    db.session.flush()
    marked = store_marks(attempt, now)
    db.session.refresh(answer)
    number = 1 + (
        db.session.scalar(
            select(func.max(ResultRevision.number)).where(ResultRevision.attempt_id == attempt.id)
        )
        or 0
    )
    db.session.add(
        ResultRevision(
            attempt_id=attempt.id,
            number=number,
            question_id=current.question_id,
            reason=reason,
            before=before,
            after=_result(attempt, answer),
            revised_by=by,
            revised_at=now,
        )
    )
    db.session.flush()
    _correct_evidence(attempt, marked.settled, number, reason, now)
    after = _result(attempt, answer)
    if before["mark"] != after["mark"]:
        notices.enqueue(
            attempt.person_id,
            NoticeKind.QUIZ,
            _("A quiz result of yours was corrected"),
            reason,
            now,
            link=f"/attempts/{attempt.id}/review",
            dedupe_key=f"quiz-regraded:{attempt.id}:{number}",
        )
    return Regraded(attempt.id, attempt.person_id, _number(before["percent"]), attempt.percent)


def _correct_evidence(
    attempt: Attempt, settled: dict[str, float], number: int, reason: str, now: datetime
) -> None:
    """Supersede what the attempt proved where it proves something else now."""
    standing = {
        fact.competency_id: fact
        for fact in ledger.list_evidence(attempt.person_id)
        if fact.source_kind == SOURCE
        and fact.source_id.split(":")[0] == str(attempt.id)
        and not fact.row.superseded
        and fact.revoked_reason is None
    }
    for competency_id, percent in settled.items():
        given = EvidenceInput(
            person_id=attempt.person_id,
            competency_id=competency_id,
            kind=EvidenceKind.QUIZ,
            source_kind=SOURCE,
            source_id=f"{attempt.id}:{number}",
            observed_at=attempt.ended_at or now,
            score=percent,
            note=reason,
        )
        fact = standing.get(competency_id)
        if fact is None:
            change = competency.record_evidence(given, now)
        elif fact.row.score != percent:
            change = competency.supersede_evidence(fact.row.id, given, now)
        else:
            continue
        note_changes(attempt, [change] if change else [])
    if attempt.state == AttemptState.GRADED:
        for competency_id in standing.keys() - settled.keys():
            change = competency.revoke_evidence(standing[competency_id].row.id, reason, now)
            note_changes(attempt, [change] if change else [])


def _result(attempt: Attempt, answer: AttemptAnswer) -> dict[str, object]:
    slot = next(slot for slot in queries.slots(attempt.id) if slot.position == answer.position)
    return {
        "question_version": slot.question_version,
        "response": slot.response,
        "mark": slot.mark,
        "percent": attempt.percent,
        "passed": attempt.passed,
    }


def _number(value: object) -> float | None:
    return value if isinstance(value, float) else None
