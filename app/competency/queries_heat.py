"""Levels as heat-maps and lists draw them: worked out by the database, and nothing read that is not drawn."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import BindParameter, Text, bindparam, case, cast, select

from app.competency.facts import LAPSING_WITHIN
from app.competency.models import HeldLevel
from app.competency.queries import chunks
from app.lines import lines, parsed
from app.reads import fetch

_AT: BindParameter[datetime] = bindparam("at")
_SOON: BindParameter[datetime] = bindparam("soon")
_ENDS = (
    (4, HeldLevel.until_4),
    (3, HeldLevel.until_3),
    (2, HeldLevel.until_2),
    (1, HeldLevel.until_1),
)
_LEVEL = case(
    *(
        ((HeldLevel.level >= n) & (until > _AT), case((until <= _SOON, f"{n}!"), else_=f"{n}."))
        for n, until in _ENDS
    ),
    else_="0.",
)
_TOLD = (
    _LEVEL
    + cast(HeldLevel.level, Text)
    + cast(HeldLevel.supported_level, Text)
    + cast(HeldLevel.highest_held, Text)
    + cast(HeldLevel.basis, Text)
)
_ROWS = (
    select(HeldLevel.person_id, lines(HeldLevel.competency_id, _TOLD))
    .where(HeldLevel.person_id.in_(bindparam("ids", expanding=True)))
    .group_by(HeldLevel.person_id)
)
_HIGHEST = (
    select(HeldLevel.person_id, lines(HeldLevel.competency_id, HeldLevel.highest_held))
    .where(
        HeldLevel.person_id.in_(bindparam("ids", expanding=True)),
        HeldLevel.competency_id.in_(bindparam("competencies", expanding=True)),
        HeldLevel.highest_held > 0,
    )
    .group_by(HeldLevel.person_id)
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


def heat_rows(person_ids: Collection[int], at: datetime) -> dict[int, str]:
    """Return what is drawn of people's levels, a text for `read_heat` each; one query per 500 people.

    Equal texts are drawn alike, so that whoever keeps what was drawn from a text need not read it again.
    """
    out = dict.fromkeys(person_ids, "")
    for chunk in chunks(out):
        for person_id, text in fetch(_ROWS, {"ids": chunk, "at": at, "soon": at + LAPSING_WITHIN}):
            out[person_id] = text
    return out


@lru_cache(maxsize=1024)  # some 20 kB each, and rows are kept drawn
def read_heat(row: str) -> Mapping[str, Heat]:
    """Return the levels of a text of `heat_rows` by competency; one without evidence is absent (level 0)."""
    return {competency_id: _read_cell(told) for competency_id, told in parsed(row).items()}


def _read_cell(told: str) -> Heat:
    """Read "2.222[…]": the level, "!" where it lapses soon, the level and the supported one as stored, the
    highest ever held, and what the level rests on.
    """
    level, lapsing, stored, supported, highest, basis = (
        int(told[0]), told[1] == "!", int(told[2]), int(told[3]), int(told[4]), told[5:],
    )  # fmt: skip
    backed = supported if level == stored else level
    return Heat(level, lapsing, highest if highest > backed else 0, basis)


def heat_of(person_ids: Collection[int], at: datetime) -> dict[int, Mapping[str, Heat]]:
    """Return the levels of many people by person and competency; one query per 500 people."""
    return {person_id: read_heat(row) for person_id, row in heat_rows(person_ids, at).items()}


def highest_held(person_ids: Collection[int], competency_ids: Collection[str]) -> dict[int, str]:
    """Return the highest levels that people ever held in some competencies, lapsed or not, as `app.lines`.

    Those who never held one are absent.
    """
    out: dict[int, str] = {}
    for chunk in chunks(person_ids) if competency_ids else ():
        for person_id, held in fetch(_HIGHEST, {"ids": chunk, "competencies": list(competency_ids)}):
            out[person_id] = held
    return out
