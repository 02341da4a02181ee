"""What people lack for one level of one competency, worked out once for the same evidence. Pure.

Time alone changes what is lacking only where a row begins to count or runs out: between two such turns the
answer is the same, and so it is kept by the evidence and the turn it lies behind.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from app.competency.facts import Evidence, Missing
from app.competency.framework import LevelRequirement
from app.competency.rollup import add_months, roll_up

PEOPLE_KEPT = 2048
"""For how many people's evidence the answer of one competency and level is kept."""

Lacking = Callable[[tuple[Evidence, ...], datetime], tuple[Missing, ...]]


@lru_cache(maxsize=256)
def lacking_for(level: int, requirements: tuple[LevelRequirement, ...]) -> Lacking:
    """Return how to tell, of somebody's evidence and an instant, what stands between them and `level`."""
    validities = {each.validity_months for each in requirements}

    @lru_cache(maxsize=PEOPLE_KEPT)
    def course(rows: tuple[Evidence, ...]) -> tuple[list[datetime], dict[int, tuple[Missing, ...]]]:
        begin = {row.observed_at for row in rows}
        fixed = {row.valid_until for row in rows if row.valid_until}
        ends = {add_months(row.observed_at, months) for row in rows for months in validities}
        return sorted(begin | fixed | ends), {}

    def lacking(rows: tuple[Evidence, ...], at: datetime) -> tuple[Missing, ...]:
        turns, known = course(rows)
        turn = bisect_right(turns, at)
        if turn not in known:
            known[turn] = roll_up(rows, requirements, at).missing_for(level)
        return known[turn]

    return lacking
