"""What can be done with the ledger and the framework; every verb runs in the caller's transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import delete, select, update

from app.competency import queries
from app.competency import service_ledger as ledger
from app.competency import service_notices as notices
from app.competency import service_projection as projection
from app.competency.facts import LAPSING_WITHIN
from app.competency.framework import Competency
from app.competency.inputs import CheckIn, Drift, EvidenceInput, LevelChange, PriorLearning
from app.competency.kinds import MAX_LEVEL, VALIDATED_MAX_LEVEL, EvidenceKind
from app.competency.models import (
    Dispute,
    EvidenceRevocation,
    EvidenceRow,
    HeldLevel,
    MatrixView,
    PersonTarget,
)
from app.competency.service_framework import load_framework
from app.db import db
from app.facts import Barred, Gone, Impossible, Late
from app.people import queries as people
from app.people.identity import Actor

__all__ = ["CheckIn", "EvidenceInput", "EvidenceKind", "LevelChange", "PriorLearning", "load_framework"]


class UnknownCompetency(Gone):
    """The framework in force has no such competency."""


class EvidenceFromTheFuture(Impossible):
    """Evidence was observed later than now."""


class EvidenceAlreadySuperseded(Late):
    """The row has been corrected already; correct the newer one."""


class NotYourOwn(Barred):
    """Nobody vouches for, holds down or judges themselves."""


class DisputeAlreadyOpen(Late):
    """The row is being disputed already."""


def record_evidence(given: EvidenceInput, now: datetime) -> LevelChange | None:
    """Add one fact to the ledger and return the level change it made, if any.

    Sent twice, it is recorded once. Raises UnknownCompetency and EvidenceFromTheFuture.
    """
    return next(iter(record_many([given], now)), None)


def record_many(given: Iterable[EvidenceInput], now: datetime, *, quiet: bool = False) -> list[LevelChange]:
    """Add many facts and return the level changes; one roll-up per person and competency.

    Levels of assessors are those held before the batch. `quiet` sends no notices, for first loads.
    """
    by_competency: dict[str, list[EvidenceInput]] = {}
    for each in given:
        if each.observed_at > now:
            raise EvidenceFromTheFuture(f"{each.source_kind} {each.source_id}")
        by_competency.setdefault(each.competency_id, []).append(each)
    changes = []
    for competency_id in sorted(by_competency):
        changes += ledger.record(_competency(competency_id), by_competency[competency_id], now)
    if not quiet:
        for change in changes:
            notices.level_changed(change, now)
    return changes


def supersede_evidence(evidence_id: int, given: EvidenceInput, now: datetime) -> LevelChange | None:
    """Correct a row by a new one that takes its place; the old one stays readable.

    Raises Gone for an unknown row, EvidenceAlreadySuperseded, and Impossible when person or
    competency differ.
    """
    old = _evidence(evidence_id)
    if (old.person_id, old.competency_id) != (given.person_id, given.competency_id):
        raise Impossible("a correction is about the same person and competency")
    competency = _competency(given.competency_id)
    projection.lock(competency.id, [given.person_id], now)
    if ledger.recorded(competency.id, [given]):
        return None
    if db.session.scalar(select(EvidenceRow.id).where(EvidenceRow.supersedes_id == evidence_id)) is not None:
        raise EvidenceAlreadySuperseded(f"evidence {evidence_id}")
    [row] = ledger.new_rows(competency.id, [given], now)
    [added] = ledger.insert_rows([row | {"supersedes_id": evidence_id}])
    return _told(
        projection.refresh(competency, [given.person_id], now, "correction", {given.person_id: added}), now
    )


def revoke_evidence(
    evidence_id: int, reason: str, now: datetime, by: int | None = None
) -> LevelChange | None:
    """Let a row count no longer; it stays readable with the reason. Revoking twice changes nothing."""
    row = _evidence(evidence_id)
    competency = _competency(row.competency_id)
    projection.lock(competency.id, [row.person_id], now)
    if db.session.get(EvidenceRevocation, evidence_id) is not None:
        return None
    db.session.add(EvidenceRevocation(evidence_id=evidence_id, revoked_at=now, revoked_by=by, reason=reason))
    db.session.flush()
    return _told(
        projection.refresh(competency, [row.person_id], now, "correction", {row.person_id: row.id}), now
    )


def record_check_in(actor: Actor, given: CheckIn, now: datetime) -> LevelChange | None:
    """Confirm a level, or hold the person below it with a reason.

    Raises NotYourOwn, and Impossible for a hold without a reason or outside the levels.
    """
    if actor.person_id == given.person_id:
        raise NotYourOwn("check-in")
    if given.held_at is not None and not (0 <= given.held_at < MAX_LEVEL and given.reason.strip()):
        raise Impossible("a hold names a level below the top and a reason")
    return record_evidence(
        EvidenceInput(
            person_id=given.person_id,
            competency_id=given.competency_id,
            kind=EvidenceKind.CHECK_IN,
            source_kind="check_in",
            source_id=f"{actor.person_id}@{_sent(given.request_key, given, now)}",
            observed_at=now,
            level=given.held_at,
            note=given.reason.strip(),
            assessor_id=actor.person_id,
            recorded_by=actor.person_id,
        ),
        now,
    )


def record_prior_learning(actor: Actor, given: PriorLearning, now: datetime) -> LevelChange | None:
    """Accept what someone brings along, up to level 3, until a named day.

    Raises NotYourOwn, and Impossible for a level outside 1 to 3, a past expiry or an empty note.
    """
    if actor.person_id == given.person_id:
        raise NotYourOwn("prior learning")
    if not 1 <= given.level <= VALIDATED_MAX_LEVEL or given.valid_until <= now or not given.note.strip():
        raise Impossible("prior learning names a level from 1 to 3, a coming expiry and what it rests on")
    return record_evidence(
        EvidenceInput(
            person_id=given.person_id,
            competency_id=given.competency_id,
            kind=EvidenceKind.EXTERNAL_CERTIFICATE if given.certificate else EvidenceKind.PRIOR_LEARNING,
            source_kind="prior_learning",
            source_id=f"{actor.person_id}@{_sent(given.request_key, given, now)}",
            observed_at=now,
            level=given.level,
            valid_until=given.valid_until,
            note=given.note.strip(),
            assessor_id=actor.person_id,
            recorded_by=actor.person_id,
        ),
        now,
    )


def record_self_rating(
    actor: Actor,
    competency_id: str,
    kind: EvidenceKind,
    score: int,
    now: datetime,
    *,
    request_key: str | None = None,
) -> None:
    """Keep how ready or how interested a person feels, 1 to 5; it is shown beside the level only.

    The same score with the same `request_key` is kept once, however often it is sent.
    """
    if kind not in (EvidenceKind.CONFIDENCE, EvidenceKind.INTEREST) or not 1 <= score <= 5:
        raise Impossible("confidence or interest from 1 to 5")
    record_evidence(
        EvidenceInput(
            person_id=actor.person_id,
            competency_id=competency_id,
            kind=kind,
            source_kind=f"self_{kind.value}",
            source_id=_sent(request_key, score, now),
            observed_at=now,
            score=float(score),
            recorded_by=actor.person_id,
        ),
        now,
    )


def _sent(request_key: str | None, said: object, now: datetime) -> str:
    """Return what tells one sent form from another: its key with what it said, or the moment without a key.

    A form that the browser brought back and that says something else now is not the same.
    """
    if not request_key:
        return now.isoformat()
    return hashlib.sha256(repr((request_key, said)).encode()).hexdigest()


def set_targets(person_id: int, source: str, targets: Mapping[str, int]) -> None:
    """Replace the levels that one source, such as a programme, asks of a person."""
    db.session.execute(
        delete(PersonTarget).where(PersonTarget.person_id == person_id, PersonTarget.source == source)
    )
    for competency_id, level in targets.items():
        _competency(competency_id)
        if not 1 <= level <= MAX_LEVEL:
            raise Impossible("a level from 1 to 4")
        db.session.add(
            PersonTarget(person_id=person_id, competency_id=competency_id, source=source, level=level)
        )
    db.session.flush()


def open_dispute(actor: Actor, evidence_id: int, reason: str, now: datetime) -> int:
    """Object to a row about oneself; the assessor and HR are told. Returns the dispute's id.

    Raises NotYourOwn for somebody else's row, DisputeAlreadyOpen, and Impossible without a reason.
    """
    row = _evidence(evidence_id)
    if row.person_id != actor.person_id:
        raise NotYourOwn("dispute")
    if not reason.strip():
        raise Impossible("a dispute gives a reason")
    projection.lock(row.competency_id, [row.person_id], now)
    if db.session.scalar(
        select(Dispute.id).where(Dispute.evidence_id == evidence_id, Dispute.resolved_at.is_(None))
    ):
        raise DisputeAlreadyOpen(f"evidence {evidence_id}")
    dispute = Dispute(
        evidence_id=evidence_id, person_id=actor.person_id, reason=reason.strip(), opened_at=now
    )
    db.session.add(dispute)
    db.session.flush()
    readers = set(people.list_hr()) | ({row.assessor_id} if row.assessor_id else set())
    notices.dispute_opened(dispute.id, row.competency_id, readers - {actor.person_id}, now)
    return dispute.id


def resolve_dispute(actor: Actor, dispute_id: int, *, revoke: bool, answer: str, now: datetime) -> bool:
    """Decide a dispute: keep the row or let it count no longer. False when it was decided before.

    Raises Gone for an unknown dispute, NotYourOwn for one's own, Impossible without an answer.
    """
    dispute = db.session.get(Dispute, dispute_id)
    if dispute is None:
        raise Gone(f"dispute {dispute_id}")
    if dispute.person_id == actor.person_id:
        raise NotYourOwn("dispute")
    if not answer.strip():
        raise Impossible("a decision gives a reason")
    outcome = "revoked" if revoke else "kept"
    decided = db.session.execute(
        update(Dispute)
        .where(Dispute.id == dispute_id, Dispute.resolved_at.is_(None))
        .values(resolved_at=now, resolved_by=actor.person_id, outcome=outcome, answer=answer.strip())
    )
    if not decided.rowcount:  # type: ignore[attr-defined]
        return False
    if revoke:
        revoke_evidence(dispute.evidence_id, answer.strip(), now, by=actor.person_id)
    notices.dispute_resolved(dispute.person_id, _evidence(dispute.evidence_id).competency_id, outcome, now)
    return True


def note_matrix_viewed(viewer_id: int, person_ids: Collection[int], on: date, now: datetime) -> None:
    """Keep that someone opened other people's matrix on a day of theirs; once per person and day."""
    projection.insert_missing(
        MatrixView,
        [
            {"person_id": each, "viewer_id": viewer_id, "viewed_on": on, "viewed_at": now}
            for each in sorted(set(person_ids) - {viewer_id})
        ],
    )


def lapse_due(now: datetime) -> list[LevelChange]:
    """Lower what has run out and tell who lapses within 30 days, each exactly once. For the scheduler."""
    due = db.session.execute(
        select(HeldLevel.competency_id, HeldLevel.person_id).where(HeldLevel.due_at <= now)
    ).all()
    by_competency: dict[str, list[int]] = {}
    for competency_id, person_id in due:
        by_competency.setdefault(competency_id, []).append(person_id)
    changes = []
    for competency_id in sorted(by_competency):
        competency = queries.find_competency(competency_id)
        if competency is not None:
            changes += projection.refresh(competency, by_competency[competency_id], now, "lapse")
    for change in changes:
        notices.level_changed(change, now)
    _tell_lapsing(now)
    return changes


def rebuild(now: datetime, *, check: bool = False) -> list[Drift]:
    """Return where the stored matrix differs from the ledger and, unless checking, put it right."""
    drifts = projection.find_drift(now)
    if not check:
        by_competency: dict[str, list[int]] = {}
        for drift in drifts:
            by_competency.setdefault(drift.competency_id, []).append(drift.person_id)
        for competency_id in sorted(by_competency):
            projection.refresh(_competency(competency_id), by_competency[competency_id], now, "rebuild")
    return drifts


def _tell_lapsing(now: datetime) -> None:
    rows = db.session.scalars(
        select(HeldLevel)
        .where(
            HeldLevel.lapses_at > now,
            HeldLevel.lapses_at <= now + LAPSING_WITHIN,
            (HeldLevel.lapse_noticed_for.is_(None)) | (HeldLevel.lapse_noticed_for != HeldLevel.lapses_at),
        )
        .order_by(HeldLevel.person_id, HeldLevel.competency_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for row in rows:
        if row.lapses_at is not None:
            row.lapse_noticed_for = row.lapses_at
            notices.level_lapsing(row.person_id, row.competency_id, row.level, row.lapses_at, now)
    db.session.flush()


def _told(changes: list[LevelChange], now: datetime) -> LevelChange | None:
    for change in changes:
        notices.level_changed(change, now)
    return next(iter(changes), None)


def _competency(competency_id: str) -> Competency:
    found = queries.find_competency(competency_id)
    if found is None:
        raise UnknownCompetency(competency_id)
    return found


def _evidence(evidence_id: int) -> EvidenceRow:
    row = db.session.get(EvidenceRow, evidence_id)
    if row is None:
        raise Gone(f"evidence {evidence_id}")
    return row
