"""Reads of levels, targets, the ledger, clearances and coverage; frozen results, bounded queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import QueryableAttribute

from app.competency.clearing import ClearanceStanding, Standing, standing_of, with_grace
from app.competency.facts import LAPSING_WITHIN
from app.competency.framework import Competency, Framework, from_json
from app.competency.kinds import MAX_LEVEL
from app.competency.models import (
    ClearanceGrace,
    CompetencyRow,
    FrameworkVersion,
    HeldLevel,
    PersonTarget,
)
from app.db import db, forget, once
from app.facts import Gone, Impossible
from app.people import queries as people
from app.reads import fetch

_SEEN = "competency_framework"
_IN_FORCE = (
    select(FrameworkVersion.id, FrameworkVersion.fingerprint).order_by(FrameworkVersion.id.desc()).limit(1)
)
_TARGETS = select(PersonTarget.person_id, PersonTarget.competency_id, PersonTarget.level).where(
    PersonTarget.person_id.in_(bindparam("ids", expanding=True))
)
CHUNK = 500
"""Ids per IN list; SQLite allows 32,766 parameters, and plans are cached per length."""


_HELD: tuple[QueryableAttribute[Any], ...] = (
    HeldLevel.person_id,
    HeldLevel.competency_id,
    HeldLevel.level,
    HeldLevel.until_1,
    HeldLevel.until_2,
    HeldLevel.until_3,
    HeldLevel.until_4,
    HeldLevel.highest_held,
    HeldLevel.supported_level,
)
"""Columns, not entities: a matrix reads thousands of rows and changes none."""

_MATRIX = select(*_HELD).where(HeldLevel.person_id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class Held:
    """State the level one person holds in one competency at the instant asked for."""

    person_id: int
    competency_id: str
    level: int
    until: tuple[datetime | None, datetime | None, datetime | None, datetime | None]
    highest_held: int
    supported_level: int
    lapsing: bool

    @property
    def lapses_at(self) -> datetime | None:
        return self.until[self.level - 1] if self.level else None

    @property
    def lapsed(self) -> bool:
        """Tell whether a level held before has run out."""
        return self.highest_held > self.supported_level


class NoFramework(Gone):
    """No competency framework has been loaded yet."""


def find_framework() -> Framework | None:
    """Return the framework in force, or None before the first load; asked once per transaction."""
    found = once(_SEEN, _in_force)
    return _framework(*found) if found else None


def forget_framework() -> None:
    """Let the next read see a framework that this transaction has just stored."""
    forget(_SEEN)


def current_version_id() -> int | None:
    """Return the id of the framework version in force, or None before the first load."""
    found = once(_SEEN, _in_force)
    return found[0] if found else None


def _in_force() -> tuple[int, str] | None:
    row = fetch(_IN_FORCE).first()
    return (row.id, row.fingerprint) if row else None


def get_framework() -> Framework:
    """Return the framework in force. Raises NoFramework before the first load."""
    found = find_framework()
    if found is None:
        raise NoFramework("load the framework first: flask curriculum load")
    return found


def find_competency(competency_id: str) -> Competency | None:
    """Return one competency of the framework in force, or None."""
    framework = find_framework()
    return next((c for c in framework.competencies if c.id == competency_id), None) if framework else None


def levels_of(person_id: int, at: datetime) -> dict[str, Held]:
    """Return a person's levels by competency id; a competency without evidence is absent (level 0)."""
    return matrix_for([person_id], at).get(person_id, {})


def level_of(person_id: int, competency_id: str, at: datetime) -> int:
    """Return one level, 0 where there is no evidence."""
    row = db.session.execute(
        select(*_HELD).where(HeldLevel.person_id == person_id, HeldLevel.competency_id == competency_id)
    ).first()
    return _held(row, at).level if row else 0


def matrix_for(person_ids: Collection[int], at: datetime) -> dict[int, dict[str, Held]]:
    """Return the levels of many people by person and competency; one query per 500 people."""
    out: dict[int, dict[str, Held]] = {person_id: {} for person_id in person_ids}
    for chunk in chunks(out):
        for row in fetch(_MATRIX, {"ids": chunk}):
            found = _held(row, at)
            out[found.person_id][found.competency_id] = found
    return out


def qualified_hosts(competency_id: str, at: datetime, level: int = 3) -> list[int]:
    """Return the ids of active people who hold at least `level` at `at`, lowest id first.

    Raises Impossible for a level outside 1 to 4.
    """
    until = _until_column(level)
    ids = db.session.scalars(
        select(HeldLevel.person_id)
        .where(HeldLevel.competency_id == competency_id, HeldLevel.level >= level, until > at)
        .order_by(HeldLevel.person_id)
    ).all()
    active = people.cards(ids)
    return [each for each in ids if each in active and active[each].is_active]


def targets_for(person_id: int) -> dict[str, int]:
    """Return the levels asked of one person, from job role and programmes; the highest wins."""
    return targets_for_people([person_id])[person_id]


def targets_for_people(person_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """Return the levels asked of many people, by person; the highest of several wins."""
    cards = people.cards(person_ids)
    return targets_by_role({each: cards[each].job_role_key if each in cards else None for each in person_ids})


def targets_by_role(job_roles: Mapping[int, str | None]) -> dict[int, dict[str, int]]:
    """Return what `targets_for_people` does for people whose job roles are known, by person id."""
    roles = _role_targets()
    out = {each: dict(roles.get(role or "", {})) for each, role in job_roles.items()}
    for chunk in chunks(out):
        for person_id, competency_id, level in fetch(_TARGETS, {"ids": chunk}):
            asked = out[person_id]
            asked[competency_id] = max(asked.get(competency_id, 0), level)
    return out


def clearances_of(person_id: int, at: datetime) -> list[ClearanceStanding]:
    """Return one person's standing under every clearance, in the framework's order."""
    return clearances_for([person_id], at).get(person_id, [])


def clearances_for(person_ids: Collection[int], at: datetime) -> dict[int, list[ClearanceStanding]]:
    """Return the standings of many people under every clearance, graces included."""
    framework = find_framework()
    if framework is None:
        return {}
    graces = _graces(person_ids, at)
    held = matrix_for(person_ids, at)
    return {
        person_id: [
            _graced(
                standing_of(clearance, until_of(held[person_id]), at), graces.get((person_id, clearance.id))
            )
            for clearance in framework.clearances
        ]
        for person_id in held
    }


def is_cleared(person_id: int, clearance_id: str, at: datetime) -> Standing:
    """Return the standing of one person under one clearance; "none" for an unknown one."""
    return next(
        (each.standing for each in clearances_of(person_id, at) if each.clearance_id == clearance_id), "none"
    )


def until_of(held: Mapping[str, Held]) -> dict[str, tuple[datetime | None, ...]]:
    """Return, by competency, until when each level is held."""
    return {competency_id: each.until for competency_id, each in held.items()}


def retired_competencies() -> set[str]:
    """Return the ids that evidence points at but the framework no longer has."""
    return set(db.session.scalars(select(CompetencyRow.id).where(CompetencyRow.retired_at.is_not(None))))


def _graced(held: ClearanceStanding, grace: tuple[Standing, datetime] | None) -> ClearanceStanding:
    return with_grace(held, *grace) if grace else held


def _graces(person_ids: Collection[int], at: datetime) -> dict[tuple[int, str], tuple[Standing, datetime]]:
    rows = db.session.scalars(select(ClearanceGrace).where(ClearanceGrace.until_at > at))
    wanted = set(person_ids)
    return {
        (row.person_id, row.clearance_id): (_standing(row.standing), row.until_at)
        for row in rows
        if row.person_id in wanted
    }


def _standing(word: str) -> Standing:
    return "independent" if word == "independent" else "supervised"


def chunks(ids: Iterable[int]) -> Iterable[list[int]]:
    """Return ids in lists short enough for one statement."""
    whole = list(ids)
    return (whole[start : start + CHUNK] for start in range(0, len(whole), CHUNK))


def _until_column(level: int):
    if not 1 <= level <= MAX_LEVEL:
        raise Impossible("a level from 1 to 4")
    return (HeldLevel.until_1, HeldLevel.until_2, HeldLevel.until_3, HeldLevel.until_4)[level - 1]


def _held(row: Row[*tuple[Any, ...]], at: datetime) -> Held:
    """Return the row as of `at`: what has run out since it was stored no longer counts."""
    person_id, competency_id, stored, *ends, highest_held, supported = row
    until = [end if end is not None and end > at else None for end in ends]
    level: int = stored
    while level and until[level - 1] is None:
        level -= 1
    lapses_at = until[level - 1] if level else None
    return Held(
        person_id=person_id,
        competency_id=competency_id,
        level=level,
        until=(until[0], until[1], until[2], until[3]),
        highest_held=highest_held,
        supported_level=supported if level == stored else level,
        lapsing=lapses_at is not None and lapses_at <= at + LAPSING_WITHIN,
    )


def _role_targets() -> dict[str, Mapping[str, int]]:
    framework = find_framework()
    return {role.id: role.targets for role in framework.job_roles} if framework else {}


@lru_cache(maxsize=4)
def _framework(version_id: int, fingerprint: str) -> Framework:
    """Read one version's definition; kept in memory, since a version never changes."""
    text = db.session.scalar(select(FrameworkVersion.definition).where(FrameworkVersion.id == version_id))
    return from_json(text or "", fingerprint)
