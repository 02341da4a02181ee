"""Write facts into the ledger: each source once, with what the assessor held at that moment."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, insert, select

from app.competency import queries
from app.competency import service_projection as projection
from app.competency.framework import Competency
from app.competency.inputs import Cause, EvidenceInput, LevelChange
from app.competency.kinds import EvidenceKind
from app.competency.models import EvidenceRow
from app.db import Model, db
from app.people import queries as people
from app.reads import fetch

_RECORDED = select(EvidenceRow.source_kind, EvidenceRow.source_id, EvidenceRow.person_id).where(
    EvidenceRow.competency_id == bindparam("competency_id"),
    EvidenceRow.source_kind.in_(bindparam("kinds", expanding=True)),
    EvidenceRow.source_id.in_(bindparam("sources", expanding=True)),
)
_LEDGER = Model.metadata.tables[EvidenceRow.__tablename__]
_INSERT = insert(_LEDGER).returning(_LEDGER.c.id, sort_by_parameter_order=True)
LONGEST_SOURCE = 120
"""Characters that the ledger keeps of a source's id."""


def record(competency: Competency, given: list[EvidenceInput], now: datetime) -> list[LevelChange]:
    """Add the facts about one competency that are new, and work the levels out again."""
    person_ids = {each.person_id for each in given}
    held = projection.lock(competency.id, person_ids, now)
    known = recorded(competency.id, given)
    fresh: dict[tuple[str, str, int], EvidenceInput] = {}
    for each in given:
        if _key(each) not in known:
            fresh.setdefault(_key(each), each)
    if not fresh:
        return []
    rows = new_rows(competency.id, list(fresh.values()), now)
    latest = dict(zip([row["person_id"] for row in rows], insert_rows(rows), strict=True))
    cause: Cause = "evidence"
    if all(each.kind is EvidenceKind.CHECK_IN for each in fresh.values()):
        cause = "check_in"
    return projection.refresh(
        competency, latest.keys(), now, cause, latest, locked={each: held[each] for each in latest}
    )


def _source_id(given: EvidenceInput) -> str:
    """Return the source's id as stored: a long one keeps its beginning and ends in its hash."""
    whole = given.source_id
    if len(whole) <= LONGEST_SOURCE:
        return whole
    return f"{whole[: LONGEST_SOURCE - 41]}~{hashlib.sha256(whole.encode()).hexdigest()[:40]}"


def _key(given: EvidenceInput) -> tuple[str, str, int]:
    return given.source_kind, _source_id(given), given.person_id


def recorded(competency_id: str, given: Iterable[EvidenceInput]) -> set[tuple[str, str, int]]:
    """Return which of these sources the ledger has, as (source kind, source id, person id)."""
    wanted = [_key(each) for each in given]
    kinds, sources, _people = map(list, map(set, zip(*wanted, strict=True)))
    rows = fetch(_RECORDED, {"competency_id": competency_id, "kinds": kinds, "sources": sources})
    return {(kind, source_id, person_id) for kind, source_id, person_id in rows}


def insert_rows(rows: list[dict[str, Any]]) -> list[int]:
    """Add rows to the ledger and return their ids in order."""
    return list(db.session.connection().execute(_INSERT, rows).scalars())


def new_rows(competency_id: str, given: list[EvidenceInput], now: datetime) -> list[dict[str, Any]]:
    """Return ledger rows for these facts, with the local day and the assessor's level filled in."""
    cards = people.cards({each.person_id for each in given})
    assessors = {each.assessor_id for each in given if each.assessor_id is not None}
    held = queries.matrix_for(assessors, now)
    rows = []
    for each in given:
        signer = held.get(each.assessor_id or 0, {}).get(competency_id)
        rows.append(
            {
                "person_id": each.person_id,
                "competency_id": competency_id,
                "kind": each.kind.value,
                "source_kind": each.source_kind,
                "source_id": _source_id(each),
                "observed_at": each.observed_at,
                "observed_on": each.observed_at.astimezone(ZoneInfo(cards[each.person_id].time_zone)).date(),
                "passed": each.passed,
                "score": each.score,
                "level": each.level,
                "valid_until": each.valid_until,
                "minutes": each.minutes,
                "note": each.note,
                "assessor_id": each.assessor_id,
                "assessor_level": (signer.level if signer else 0) if each.assessor_id is not None else None,
                "assessor_in_good_standing": each.assessor_in_good_standing,
                "recorded_by": each.recorded_by,
                "recorded_at": now,
            }
        )
    return rows
