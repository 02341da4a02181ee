"""What people lack for one level of one competency, worked out once for the same evidence. Pure.

Time alone changes what is lacking only where a row begins to count or runs out: between two such turns the
answer is the same, and so it is kept by the evidence and the turn it lies behind.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from app.competency.facts import Evidence, Missing
from app.competency.framework import LevelRequirement
from app.competency.rollup import add_months, roll_up

KEPT = 16_384
"""For how many people and competencies the answer is kept, of all competencies together: about 2 kB each."""

Lacking = Callable[[tuple[Evidence, ...], datetime], tuple[Missing, ...]]


@lru_cache(maxsize=256)
def lacking_for(level: int, requirements: tuple[LevelRequirement, ...]) -> Lacking:
    """Return how to tell, of somebody's evidence and an instant, what stands between them and `level`."""
    asked = _Asked(frozenset(each.validity_months for each in requirements))

    def lacking(rows: tuple[Evidence, ...], at: datetime) -> tuple[Missing, ...]:
        turns, known = _course(asked, rows)
        turn = bisect_right(turns, at)
        if turn not in known:
            known[turn] = roll_up(rows, requirements, at).missing_for(level)
        return known[turn]

    return lacking


@dataclass(frozen=True, eq=False)
class _Asked:
    """A level of a competency, by how long its evidence is valid; equal to nothing but itself."""

    validities: frozenset[int]


@lru_cache(maxsize=KEPT)
def _course(
    asked: _Asked, rows: tuple[Evidence, ...]
) -> tuple[list[datetime], dict[int, tuple[Missing, ...]]]:
    """Return when what is lacking may change, and what is known to lack between which of these turns."""
    begin = {row.observed_at for row in rows}
    fixed = {row.valid_until for row in rows if row.valid_until}
    ends = {add_months(row.observed_at, months) for row in rows for months in asked.validities}
    return sorted(begin | fixed | ends), {}
