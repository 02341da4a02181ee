"""Keep the stored matrix equal to what the roll-up gives; everything here runs in the caller's transaction.

On PostgreSQL two transactions that add evidence to the same person and competency wait for each other on
the projection row; on SQLite the write lock does the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.competency import queries, queries_ledger
from app.competency.facts import Evidence, RollUp
from app.competency.framework import Competency
from app.competency.inputs import Cause, Drift, LevelChange
from app.competency.models import HeldLevel, LevelChangeRow
from app.competency.rollup import roll_up
from app.db import Model, db
from app.reads import fetch

_LOCKED = (
    select(HeldLevel.person_id, HeldLevel.level)
    .where(
        HeldLevel.competency_id == bindparam("competency_id"),
        HeldLevel.person_id.in_(bindparam("ids", expanding=True)),
    )
    .order_by(HeldLevel.person_id)
    .with_for_update()
)
_LEVELS = Model.metadata.tables[HeldLevel.__tablename__]
_STORE = update(_LEVELS).where(
    _LEVELS.c.person_id == bindparam("of_person"), _LEVELS.c.competency_id == bindparam("of_competency")
)
BASIS_ROWS = 4
"""How many rows a cell names as what the level rests on; the explanation page has them all."""

STORED = (
    "level",
    "supported_level",
    "highest_held",
    "until_1",
    "until_2",
    "until_3",
    "until_4",
    "lapses_at",
    "due_at",
    "basis",
)


def insert_missing(model: type[Model], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows whose key is not there yet; leave the others as they are."""
    if rows:
        dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
        db.session.execute(dialect.insert(model).on_conflict_do_nothing(), list(rows))


def lock(competency_id: str, person_ids: Collection[int], now: datetime) -> dict[int, int]:
    """Lock the projection rows, those that are missing made first, and return the stored levels by person."""
    wanted = set(person_ids)
    levels = _lock(competency_id, wanted)
    missing = wanted - levels.keys()
    if missing:
        insert_missing(
            HeldLevel,
            [
                {"person_id": each, "competency_id": competency_id, "computed_at": now}
                for each in sorted(missing)
            ],
        )
        levels = _lock(competency_id, wanted)
    return levels


def _lock(competency_id: str, person_ids: Collection[int]) -> dict[int, int]:
    rows = fetch(_LOCKED, {"competency_id": competency_id, "ids": list(person_ids)})
    return {person_id: level for person_id, level in rows}  # noqa: C416 - a Row is no pair to mypy


def refresh(
    competency: Competency,
    person_ids: Collection[int],
    now: datetime,
    cause: Cause,
    evidence_ids: dict[int, int] | None = None,
    *,
    locked: dict[int, int] | None = None,
) -> list[LevelChange]:
    """Work the levels of these people in one competency out again, store them and log what changed.

    `evidence_ids` names, by person, the row that made the change; `locked` are the stored levels where this
    transaction has locked them already.
    """
    before = lock(competency.id, person_ids, now) if locked is None else locked
    ledger = queries_ledger.ledger_of_competency(competency.id, person_ids)
    version_id = queries.current_version_id()
    requirements = competency.requirements()
    common = {"of_competency": competency.id, "framework_version_id": version_id, "computed_at": now}
    rows, changes = [], []
    for person_id, level in before.items():
        facts = ledger.get(person_id, [])
        row = fields(roll_up(facts, requirements, now), facts)
        rows.append({**row, **common, "of_person": person_id})
        if row["level"] != level:
            by = (evidence_ids or {}).get(person_id)
            changes.append(LevelChange(person_id, competency.id, level, row["level"], cause, by))
    if rows:
        db.session.connection().execute(_STORE, rows)
    log(changes, version_id, now)
    return changes


def log(changes: Iterable[LevelChange], version_id: int | None, now: datetime) -> None:
    """Write level changes into the history."""
    rows = [
        {
            "person_id": each.person_id,
            "competency_id": each.competency_id,
            "before": each.before,
            "after": each.after,
            "cause": each.cause,
            "evidence_id": each.evidence_id,
            "framework_version_id": version_id,
            "changed_at": now,
        }
        for each in changes
    ]
    if rows:
        db.session.execute(insert(LevelChangeRow), rows)


def fields(rolled: RollUp, facts: Iterable[Evidence]) -> dict[str, Any]:
    """Return the projection's columns for one roll-up."""
    by_id = {fact.id: fact for fact in facts}
    rests_on = rolled.requirements[rolled.level - 1].rests_on if rolled.level else ()
    grounds = sorted((by_id[each] for each in rests_on), key=lambda each: (each.day, each.id), reverse=True)
    return {
        "level": rolled.level,
        "supported_level": rolled.supported_level,
        "highest_held": rolled.highest_held,
        "until_1": rolled.until[0],
        "until_2": rolled.until[1],
        "until_3": rolled.until[2],
        "until_4": rolled.until[3],
        "lapses_at": rolled.lapses_at,
        "due_at": rolled.due_at,
        "basis": [[fact.kind.value, fact.day.isoformat()] for fact in grounds[:BASIS_ROWS]],
    }


def find_drift(now: datetime) -> list[Drift]:
    """Return every projection row that differs from the ledger.

    A row that was right when it was stored and has only run out since is due, not drifted: the scheduler
    notes it, and reads already leave out what has run out.
    """
    drifts = []
    for competency in queries.get_framework().competencies:
        ledger = queries_ledger.ledger_of_competency(competency.id)
        rows = {
            row.person_id: row
            for row in db.session.scalars(select(HeldLevel).where(HeldLevel.competency_id == competency.id))
        }
        for person_id in sorted(ledger.keys() | rows.keys()):
            drift = _drift(competency, person_id, rows.get(person_id), ledger.get(person_id, []), now)
            if drift is not None:
                drifts.append(drift)
    return drifts


def _drift(
    competency: Competency, person_id: int, row: HeldLevel | None, facts: list[Evidence], now: datetime
) -> Drift | None:
    requirements = competency.requirements()
    computed = fields(roll_up(facts, requirements, now), facts)
    if row is None:
        return Drift(person_id, competency.id, None, computed)
    stored = {name: getattr(row, name) for name in STORED}
    if stored == computed:
        return None
    if all(fact.observed_at <= row.computed_at for fact in facts):
        then = fields(roll_up(facts, requirements, row.computed_at), facts)
        if stored == then:
            return None
    return Drift(person_id, competency.id, stored, computed)
