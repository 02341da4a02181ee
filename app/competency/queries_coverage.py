"""Read who covers each competency, when that thins out, and what mends it at the least cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.competency.coverage import Absence, Fix, Forecast, Holding, cheapest_fix, forecast
from app.competency.facts import Missing
from app.competency.framework import Competency
from app.competency.queries import Held, matrix_for
from app.competency.queries_ledger import ledger_of
from app.competency.rollup import roll_up
from app.people import queries as people
from app.people.identity import PersonCard

MOST_CANDIDATES = 25
"""How many of the nearest people are looked at for a fix; those further away would not be cheapest."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Describe one competency at one level: the forecast and, where it is thin, the cheapest fix."""

    competency: Competency
    forecast: Forecast
    fix: Fix | None

    @property
    def thin(self) -> bool:
        """Tell whether at most one person holds it now or will within the window."""
        return len(self.forecast.holders) <= 1 or self.forecast.first_at_most(1) is not None


def coverage(
    cards: Sequence[PersonCard],
    competencies: Iterable[Competency],
    level: int,
    start: datetime,
    end: datetime,
    *,
    absences: Collection[Absence] = (),
) -> list[Coverage]:
    """Return the coverage of each competency by these people; leave counts besides what is passed."""
    ids = [card.person_id for card in cards]
    held = matrix_for(ids, start)
    away = [*absences, *_leave(cards, start, end)]
    holdings: dict[str, list[Holding]] = defaultdict(list)
    for by_competency in held.values():
        for competency_id, each in by_competency.items():
            if each.level >= level:
                holdings[competency_id].append(Holding(each.person_id, competency_id, each.until))
    rows = [
        Coverage(each, forecast(each.id, level, holdings[each.id], start, end, absences=away), None)
        for each in competencies
    ]
    thin = [row for row in rows if row.thin]
    missing = _missing(thin, held, level, start)
    return [
        Coverage(row.competency, row.forecast, cheapest_fix(missing[row.competency.id])) if row.thin else row
        for row in rows
    ]


def _missing(
    thin: Sequence[Coverage], held: dict[int, dict[str, Held]], level: int, at: datetime
) -> dict[str, dict[int, Sequence[Missing]]]:
    """Return, for each thin competency, what the nearest people lack; a coming lapse needs one row."""
    nearest: dict[str, list[int]] = {}
    for row in thin:
        levels = {
            person: by_competency[row.competency.id].level if row.competency.id in by_competency else 0
            for person, by_competency in held.items()
        }
        below = [person for person in levels if person not in row.forecast.holders]
        nearest[row.competency.id] = sorted(below, key=lambda person: (-levels[person], person))[
            :MOST_CANDIDATES
        ]
    facts = ledger_of(nearest.keys(), {person for people_ in nearest.values() for person in people_})
    out: dict[str, dict[int, Sequence[Missing]]] = {}
    for row in thin:
        requirements = row.competency.requirements()
        everything = roll_up([], requirements, at).missing_for(level)
        steps: dict[int, Sequence[Missing]] = {
            person: roll_up(rows, requirements, at).missing_for(level) if rows else everything
            for person in nearest[row.competency.id]
            for rows in [facts.get((row.competency.id, person))]
        }
        change = row.forecast.first_at_most(1)
        lapsing = [person for person, why in change.left if why == "lapse"] if change else []
        need = requirements[level - 1].needs[0]
        for person in lapsing:
            steps[person] = [Missing(level, need.kinds, 0, 1, 0, 1, need.min_score, renewing=True)]
        out[row.competency.id] = steps
    return out


def _leave(cards: Sequence[PersonCard], start: datetime, end: datetime) -> list[Absence]:
    """Return leave as instants: whole days in each person's own zone."""
    zones = {card.person_id: ZoneInfo(card.time_zone) for card in cards}
    return [
        Absence(
            person,
            datetime.combine(first, time(), zones[person]),
            datetime.combine(last + timedelta(days=1), time(), zones[person]),
            "leave",
        )
        for person, spans in people.leave_of(list(zones), start.date(), end.date()).items()
        for first, last in spans
    ]
