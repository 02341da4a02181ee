"""Reads of the ledger and of what hangs on it: provenance, disputes, history, who looked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, select
from sqlalchemy.orm import aliased

from app.competency.explain import Explanation, explain
from app.competency.facts import Evidence
from app.competency.framework import Competency
from app.competency.kinds import SHOWN_BESIDE, EvidenceKind
from app.competency.models import (
    Dispute,
    EvidenceRevocation,
    EvidenceRow,
    LevelChangeRow,
    MatrixView,
)
from app.competency.rollup import roll_up
from app.db import db
from app.reads import fetch

_LATER = aliased(EvidenceRow)
# What the roll-up reads, as columns: whole rows of the ledger cost several times as much.
_EVIDENCE: Select[*tuple[Any, ...]] = (
    select(
        EvidenceRow.person_id,
        EvidenceRow.competency_id,
        EvidenceRow.id,
        EvidenceRow.kind,
        EvidenceRow.observed_at,
        EvidenceRow.observed_on,
        EvidenceRow.passed,
        EvidenceRow.score,
        EvidenceRow.level,
        EvidenceRow.valid_until,
        EvidenceRow.assessor_id,
        EvidenceRow.assessor_level,
        EvidenceRow.assessor_in_good_standing,
        _LATER.id.is_not(None),
        EvidenceRevocation.evidence_id.is_not(None),
    )
    .outerjoin(_LATER, _LATER.supersedes_id == EvidenceRow.id)
    .outerjoin(EvidenceRevocation, EvidenceRevocation.evidence_id == EvidenceRow.id)
)
_WIDTH = len(_EVIDENCE.selected_columns)
_LEDGER: Select[*tuple[Any, ...]] = _EVIDENCE.add_columns(
    EvidenceRow.source_kind,
    EvidenceRow.source_id,
    EvidenceRow.minutes,
    EvidenceRow.note,
    EvidenceRow.recorded_by,
    EvidenceRow.recorded_at,
    EvidenceRow.supersedes_id,
    EvidenceRevocation.reason,
)
_EVIDENCE_OF = _EVIDENCE.where(EvidenceRow.person_id.in_(bindparam("ids", expanding=True)))
_IN_ONE = _EVIDENCE_OF.where(EvidenceRow.competency_id == bindparam("competency_id"))
_IN_SOME = _EVIDENCE_OF.where(EvidenceRow.competency_id.in_(bindparam("competencies", expanding=True)))


@dataclass(frozen=True, slots=True)
class EvidenceFact:
    """Show one ledger row with its provenance; `row` is what the roll-up reads."""

    row: Evidence
    person_id: int
    competency_id: str
    source_kind: str
    source_id: str
    minutes: int | None
    note: str
    recorded_by: int | None
    recorded_at: datetime
    supersedes_id: int | None
    revoked_reason: str | None


@dataclass(frozen=True, slots=True)
class LoggedChange:
    """Show one entry of the level history."""

    person_id: int
    competency_id: str
    before: int
    after: int
    cause: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """Say who opened a person's matrix, and when last on that day."""

    viewer_id: int
    viewed_at: datetime


@dataclass(frozen=True, slots=True)
class DisputeFact:
    """Show one dispute with the row it is about; `outcome` is None while it is open."""

    id: int
    person_id: int
    evidence: EvidenceFact
    reason: str
    opened_at: datetime
    resolved_at: datetime | None
    resolved_by: int | None
    outcome: str | None
    answer: str


def list_evidence(person_id: int, competency_id: str | None = None) -> list[EvidenceFact]:
    """Return every ledger row about a person, newest first, superseded and revoked ones included."""
    query = _LEDGER.where(EvidenceRow.person_id == person_id)
    if competency_id is not None:
        query = query.where(EvidenceRow.competency_id == competency_id)
    facts = [_fact(row) for row in fetch(query)]
    return sorted(facts, key=lambda fact: (fact.row.observed_at, fact.row.id), reverse=True)


def find_evidence(evidence_id: int) -> EvidenceFact | None:
    """Return one ledger row, or None."""
    row = db.session.execute(_LEDGER.where(EvidenceRow.id == evidence_id)).first()
    return _fact(row) if row else None


def find_dispute(dispute_id: int) -> DisputeFact | None:
    """Return one dispute, or None."""
    return next(iter(_disputes(Dispute.id == dispute_id)), None)


def list_disputes() -> list[DisputeFact]:
    """Return every dispute, open ones first, newest first."""
    found = sorted(_disputes(), key=lambda each: (each.opened_at, each.id), reverse=True)
    return sorted(found, key=lambda each: each.resolved_at is not None)


def disputes_about(person_id: int) -> dict[int, DisputeFact]:
    """Return a person's latest dispute of each ledger row, by evidence id."""
    found = _disputes(Dispute.person_id == person_id)
    return {each.evidence.row.id: each for each in sorted(found, key=lambda each: each.id)}


def _disputes(*where: ColumnElement[bool]) -> list[DisputeFact]:
    disputes = list(db.session.scalars(select(Dispute).where(*where)))
    ids = {each.evidence_id for each in disputes}
    rows = db.session.execute(_LEDGER.where(EvidenceRow.id.in_(ids))) if ids else ()
    facts = {row[2]: _fact(row) for row in rows}
    return [
        DisputeFact(
            id=each.id,
            person_id=each.person_id,
            evidence=facts[each.evidence_id],
            reason=each.reason,
            opened_at=each.opened_at,
            resolved_at=each.resolved_at,
            resolved_by=each.resolved_by,
            outcome=each.outcome,
            answer=each.answer,
        )
        for each in disputes
    ]


def explanations_of(
    person_id: int, competencies: Iterable[Competency], targets: Mapping[str, int], at: datetime
) -> dict[str, Explanation]:
    """Return the reasons behind each of a person's levels, from one read of their ledger."""
    facts: dict[str, list[Evidence]] = {}
    for row in fetch(_EVIDENCE_OF, {"ids": [person_id]}):
        facts.setdefault(row[1], []).append(_evidence(row))
    return {
        each.id: explain(
            roll_up(facts.get(each.id, []), each.requirements(), at),
            facts.get(each.id, []),
            targets.get(each.id),
        )
        for each in competencies
    }


def ledger_of(
    competency_ids: Collection[str], person_ids: Collection[int]
) -> dict[tuple[str, int], list[Evidence]]:
    """Return the roll-up's input for some competencies and people, in one query."""
    out: dict[tuple[str, int], list[Evidence]] = {}
    if not competency_ids or not person_ids:
        return out
    asked = {"competencies": list(competency_ids), "ids": list(person_ids)}
    for row in fetch(_IN_SOME, asked):
        out.setdefault((row[1], row[0]), []).append(_evidence(row))
    return out


_NOTED = select(MatrixView.person_id).where(
    MatrixView.viewer_id == bindparam("viewer_id"), MatrixView.viewed_on == bindparam("on")
)


def not_yet_noted(viewer_id: int, person_ids: Collection[int], on: date) -> set[int]:
    """Return those of the people whose matrix this viewer has not opened on that day; never themselves."""
    noted = fetch(_NOTED, {"viewer_id": viewer_id, "on": on}).scalars()
    return set(person_ids) - {viewer_id} - set(noted)


def ledger_of_competency(
    competency_id: str, person_ids: Collection[int] | None = None
) -> dict[int, list[Evidence]]:
    """Return the roll-up's input for one competency, by person; all people when none are named."""
    if person_ids is None:
        rows = fetch(_EVIDENCE.where(EvidenceRow.competency_id == competency_id))
    else:
        rows = fetch(_IN_ONE, {"competency_id": competency_id, "ids": list(person_ids)})
    out: dict[int, list[Evidence]] = {}
    for row in rows:
        out.setdefault(row[0], []).append(_evidence(row))
    return out


def self_ratings(person_id: int) -> dict[str, dict[EvidenceKind, float]]:
    """Return the latest confidence, interest and self-assessment by competency; 1 to 5."""
    rows = db.session.execute(
        select(EvidenceRow.competency_id, EvidenceRow.kind, EvidenceRow.score)
        .where(
            EvidenceRow.person_id == person_id,
            EvidenceRow.kind.in_([kind.value for kind in SHOWN_BESIDE]),
        )
        .order_by(EvidenceRow.observed_at, EvidenceRow.id)
    )
    out: dict[str, dict[EvidenceKind, float]] = {}
    for competency_id, kind, score in rows:
        if score is not None:
            out.setdefault(competency_id, {})[EvidenceKind(kind)] = score
    return out


_CHANGES = (
    select(
        LevelChangeRow.person_id,
        LevelChangeRow.competency_id,
        LevelChangeRow.before,
        LevelChangeRow.after,
        LevelChangeRow.cause,
        LevelChangeRow.changed_at,
    )
    .where(LevelChangeRow.person_id == bindparam("person_id"))
    .order_by(LevelChangeRow.changed_at.desc(), LevelChangeRow.id.desc())
    .limit(bindparam("most"))
)


def list_changes(person_id: int, *, competency_id: str | None = None, limit: int = 20) -> list[LoggedChange]:
    """Return a person's latest level changes, newest first."""
    query = (
        _CHANGES if competency_id is None else _CHANGES.where(LevelChangeRow.competency_id == competency_id)
    )
    rows = fetch(query, {"person_id": person_id, "most": limit})
    return [LoggedChange(*row) for row in rows]


def list_looks(person_id: int, limit: int = 20) -> list[Look]:
    """Return who opened a person's matrix, newest first, once per viewer and day."""
    rows = db.session.scalars(
        select(MatrixView)
        .where(MatrixView.person_id == person_id)
        .order_by(MatrixView.viewed_at.desc(), MatrixView.viewer_id)
        .limit(limit)
    )
    return [Look(row.viewer_id, row.viewed_at) for row in rows]


def _evidence(row: Row[*tuple[Any, ...]]) -> Evidence:
    """Return what `_EVIDENCE` read of one ledger row."""
    person_id, _competency_id, id_, kind, at, day, passed, score, level, until, assessor_id, *rest = row[
        :_WIDTH
    ]
    assessor_level, in_good_standing, superseded, revoked = rest
    return Evidence(
        id=id_,
        kind=EvidenceKind(kind),
        observed_at=at,
        day=day,
        passed=passed,
        score=score,
        level=level,
        valid_until=until,
        assessor_id=assessor_id,
        assessor_level=assessor_level,
        assessor_in_good_standing=in_good_standing,
        by_self=assessor_id == person_id,
        superseded=bool(superseded),
        revoked=bool(revoked),
    )


def _fact(row: Row[*tuple[Any, ...]]) -> EvidenceFact:
    """Return what `_LEDGER` read of one ledger row."""
    return EvidenceFact(_evidence(row), row[0], row[1], *row[_WIDTH:])
