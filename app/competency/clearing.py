"""Which slices of another team's work a person's levels open, and until when. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.competency.framework import Clearance

Standing = Literal["none", "supervised", "independent"]
STANDINGS: tuple[Standing, ...] = ("none", "supervised", "independent")


@dataclass(frozen=True, slots=True)
class ClearanceStanding:
    """State what one person may do under one clearance.

    `until` is when that standing would end if nothing new happened. `gaps` are the levels that the next
    standing lacks, as (competency id, level asked, level held). `grace_until` is set while a standing is
    kept only because the framework changed.
    """

    clearance_id: str
    standing: Standing
    until: datetime | None
    gaps: tuple[tuple[str, int, int], ...]
    grace_until: datetime | None = None


def standing_of(
    clearance: Clearance, until: Mapping[str, Sequence[datetime | None]], as_of: datetime
) -> ClearanceStanding:
    """Return the standing at `as_of` from the expiries of each level held, by competency id."""
    independent = _open_until(clearance.independent, until, as_of)
    if independent is not None:
        return ClearanceStanding(clearance.id, "independent", independent, ())
    supervised = _open_until(clearance.supervised, until, as_of)
    asked = clearance.supervised if supervised is None and clearance.supervised else clearance.independent
    gaps = tuple(
        (competency, level, _level(until.get(competency, ()), as_of))
        for competency, level in asked.items()
        if _level(until.get(competency, ()), as_of) < level
    )
    if supervised is not None:
        return ClearanceStanding(clearance.id, "supervised", supervised, gaps)
    return ClearanceStanding(clearance.id, "none", None, gaps)


def with_grace(held: ClearanceStanding, kept: Standing, grace_until: datetime) -> ClearanceStanding:
    """Return the standing that a grace keeps open, where the levels alone give less."""
    if STANDINGS.index(held.standing) >= STANDINGS.index(kept):
        return held
    return ClearanceStanding(held.clearance_id, kept, grace_until, held.gaps, grace_until)


def _level(until: Sequence[datetime | None], as_of: datetime) -> int:
    held = [n for n, end in enumerate(until, 1) if end is not None and end > as_of]
    return max(held, default=0)


def _open_until(
    asked: Mapping[str, int], until: Mapping[str, Sequence[datetime | None]], as_of: datetime
) -> datetime | None:
    """Return when the first of the asked levels ends, or None where one is not held."""
    ends = []
    for competency, level in asked.items():
        held = until.get(competency, ())
        end = held[level - 1] if len(held) >= level else None
        if end is None or end <= as_of:
            return None
        ends.append(end)
    return min(ends, default=None)
