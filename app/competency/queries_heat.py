"""Levels as heat-maps and lists draw them: worked out by the database, and nothing read that is not drawn."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BindParameter, Text, bindparam, case, cast, false, select

from app.competency.facts import LAPSING_WITHIN
from app.competency.models import HeldLevel
from app.competency.queries import chunks
from app.reads import fetch

_AT: BindParameter[datetime] = bindparam("at")
_SOON: BindParameter[datetime] = bindparam("soon")
_ENDS = (
    (4, HeldLevel.until_4),
    (3, HeldLevel.until_3),
    (2, HeldLevel.until_2),
    (1, HeldLevel.until_1),
)
_LEVEL = case(*(((HeldLevel.level >= n) & (until > _AT), n) for n, until in _ENDS), else_=0)
_LAPSING = case(
    *(((HeldLevel.level >= n) & (until > _AT), until <= _SOON) for n, until in _ENDS), else_=false()
)
_SUPPORTED = case((HeldLevel.level == _LEVEL, HeldLevel.supported_level), else_=_LEVEL)
_HEAT = select(
    HeldLevel.person_id,
    HeldLevel.competency_id,
    _LEVEL,
    _LAPSING,
    case((HeldLevel.highest_held > _SUPPORTED, HeldLevel.highest_held), else_=0),
    cast(HeldLevel.basis, Text),
).where(HeldLevel.person_id.in_(bindparam("ids", expanding=True)))


_HIGHEST = select(HeldLevel.person_id, HeldLevel.competency_id, HeldLevel.highest_held).where(
    HeldLevel.person_id.in_(bindparam("ids", expanding=True)),
    HeldLevel.competency_id.in_(bindparam("competencies", expanding=True)),
)


class Heat(NamedTuple):
    """One level at the instant asked for.

    `lapsed_from` is the highest level held where that has run out, else 0; `basis` lists what the level rests
    on as stored: JSON of [kind, ISO day].
    """

    level: int
    lapsing: bool
    lapsed_from: int
    basis: str


def heat_of(person_ids: Collection[int], at: datetime) -> dict[int, dict[str, Heat]]:
    """Return the levels of many people by person and competency; one query per 500 people.

    A competency without evidence is absent (level 0).
    """
    out: dict[int, dict[str, Heat]] = {person_id: {} for person_id in person_ids}
    for chunk in chunks(out):
        rows = fetch(_HEAT, {"ids": chunk, "at": at, "soon": at + LAPSING_WITHIN})
        for person_id, competency_id, level, lapsing, lapsed_from, basis in rows:
            out[person_id][competency_id] = Heat(level, bool(lapsing), lapsed_from, basis)
    return out


def highest_held(person_ids: Collection[int], competency_ids: Collection[str]) -> dict[int, dict[str, int]]:
    """Return the highest levels that people ever held in some competencies, lapsed or not."""
    out: dict[int, dict[str, int]] = {person_id: {} for person_id in person_ids}
    for chunk in chunks(out) if competency_ids else ():
        rows = fetch(_HIGHEST, {"ids": chunk, "competencies": list(competency_ids)})
        for person_id, competency_id, level in rows:
            out[person_id][competency_id] = level
    return out
