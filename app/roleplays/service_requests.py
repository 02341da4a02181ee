"""Give a request to assess back, or take it back: the round goes on with those who remain, or ends."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from app.db import db
from app.facts import Gone
from app.notifications.service import mark_done
from app.people.identity import Actor
from app.roleplays import queries
from app.roleplays import service_notices as notices
from app.roleplays.models import AssessmentRound, Observation
from app.roleplays.queries import RoundFact
from app.roleplays.service import lock_round, reread
from app.roleplays.service_scoring import settle
from app.roleplays.states import RoundState, SheetState


def decline(actor: Actor, sheet_id: int, reason: str, now: datetime) -> bool:
    """Give a request to oneself back, with a reason. False when it was too late. Raises Gone."""
    found = _round_of(sheet_id)
    row = lock_round(found.id)
    if not _end(sheet_id, reason, now, assessor_id=actor.person_id):
        return False
    notices.declined(reread(found.id), actor.person_id, reason.strip(), now)
    _go_on(row, now)
    return True


def take_back(actor: Actor, sheet_id: int, now: datetime) -> bool:
    """Take a request to somebody back. False when it was too late. Raises Gone.

    The learner may while the assessor has entered nothing; the caller checks that for everybody else.
    """
    found = _round_of(sheet_id)
    row = lock_round(found.id)
    found = reread(found.id)
    sheet = next(each for each in found.sheets if each.id == sheet_id)
    if sheet.begun and actor.person_id == found.learner_id:
        return False
    if not _end(sheet_id, "", now, assessor_id=sheet.assessor_id):
        return False
    notices.taken_back(found, sheet.assessor_id, now)
    _go_on(row, now)
    return True


def end_with_assessor(sheet_id: int, reason: str, now: datetime) -> None:
    """Give a request back for an assessor whose account has ended; the learner may ask someone else."""
    found = _round_of(sheet_id)
    row = lock_round(found.id)
    assessor_id = next(each.assessor_id for each in found.sheets if each.id == sheet_id)
    if _end(sheet_id, reason, now, assessor_id=assessor_id):
        notices.declined(reread(found.id), assessor_id, reason, now)
        _go_on(row, now)


def end_with_learner(sheet_id: int, now: datetime) -> None:
    """End a request of a learner whose account has ended, and tell the assessor; the round is not settled."""
    found = _round_of(sheet_id)
    lock_round(found.id)
    assessor_id = next(each.assessor_id for each in found.sheets if each.id == sheet_id)
    if _end(sheet_id, "", now, assessor_id=assessor_id):
        notices.taken_back(found, assessor_id, now)


def _round_of(sheet_id: int) -> RoundFact:
    found = queries.find_round_of_sheet(sheet_id)
    if found is None:
        raise Gone(f"sheet {sheet_id}")
    return found


def _end(sheet_id: int, reason: str, now: datetime, *, assessor_id: int) -> bool:
    """Give a draft back; what asked the assessor for it is done. False when it was no draft any more."""
    ended = db.session.execute(
        update(Observation)
        .where(
            Observation.id == sheet_id,
            Observation.assessor_id == assessor_id,
            Observation.state == SheetState.DRAFT,
        )
        .values(state=SheetState.DECLINED, declined_reason=reason.strip())
    )
    if not ended.rowcount:  # type: ignore[attr-defined]
        return False
    mark_done(assessor_id, notices.sheet_page(sheet_id), now)
    return True


def _go_on(row: AssessmentRound, now: datetime) -> None:
    found = reread(row.id)
    if found.awaited or row.state != RoundState.OPEN:
        return
    if found.submitted:
        settle(row, now)
    else:
        row.state = RoundState.WITHDRAWN
        db.session.flush()
