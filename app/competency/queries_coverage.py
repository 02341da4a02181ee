"""Read who covers each competency, when that thins out, and what mends it at the least cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, bindparam, case, select

from app.competency.coverage import Absence, Fix, Forecast, Holding, cheapest_fix, forecast
from app.competency.facts import Missing
from app.competency.framework import Competency
from app.competency.kinds import MAX_LEVEL
from app.competency.lacking import lacking_for
from app.competency.models import HeldLevel
from app.competency.queries import chunks
from app.competency.queries_ledger import ledger_of
from app.people import queries as people
from app.people.identity import PersonCard
from app.reads import fetch

MOST_CANDIDATES = 25
"""How many of the nearest people are looked at for a fix; those further away would not be cheapest."""

_AT: BindParameter[datetime] = bindparam("at")
_ENDS = {4: HeldLevel.until_4, 3: HeldLevel.until_3, 2: HeldLevel.until_2, 1: HeldLevel.until_1}
_IN = HeldLevel.person_id.in_(bindparam("ids", expanding=True)) & HeldLevel.competency_id.in_(
    bindparam("competencies", expanding=True)
)
_HOLDERS = {
    level: select(HeldLevel.person_id, HeldLevel.competency_id, until).where(
        _IN, HeldLevel.level >= level, until > _AT
    )
    for level, until in _ENDS.items()
}
_LEVELS = select(
    HeldLevel.person_id,
    HeldLevel.competency_id,
    case(*(((HeldLevel.level >= level) & (until > _AT), level) for level, until in _ENDS.items()), else_=0),
).where(_IN, HeldLevel.level > 0)


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
    asked = list(competencies)
    ids = [card.person_id for card in cards]
    holdings = _holdings(ids, asked, level, start)
    away = [*absences, *_leave(cards, start, end)]
    rows = [
        Coverage(each, forecast(each.id, level, holdings[each.id], start, end, absences=away), None)
        for each in asked
    ]
    missing = _missing([row for row in rows if row.thin], ids, level, start)
    return [
        Coverage(row.competency, row.forecast, cheapest_fix(missing[row.competency.id])) if row.thin else row
        for row in rows
    ]


def _holdings(
    ids: Collection[int], competencies: Collection[Competency], level: int, at: datetime
) -> dict[str, list[Holding]]:
    """Return who holds a level, by competency; only the end of that level is read."""
    out: dict[str, list[Holding]] = defaultdict(list)
    for chunk in chunks(ids) if competencies else ():
        asked = {"ids": chunk, "competencies": [each.id for each in competencies], "at": at}
        for person_id, competency_id, until in fetch(_HOLDERS[level], asked):
            ends = (until,) * level + (None,) * (MAX_LEVEL - level)
            out[competency_id].append(Holding(person_id, competency_id, ends))
    return out


def _nearest(thin: Sequence[Coverage], ids: Collection[int], at: datetime) -> dict[str, list[int]]:
    """Return, for each thin competency, who does not hold it but comes nearest."""
    levels: dict[str, dict[int, int]] = {row.competency.id: dict.fromkeys(ids, 0) for row in thin}
    for chunk in chunks(ids) if thin else ():
        asked = {"ids": chunk, "competencies": list(levels), "at": at}
        for person_id, competency_id, level in fetch(_LEVELS, asked):
            levels[competency_id][person_id] = level
    return {
        row.competency.id: sorted(
            mine.keys() - set(row.forecast.holders), key=lambda person: (-mine[person], person)
        )[:MOST_CANDIDATES]
        for row in thin
        for mine in [levels[row.competency.id]]
    }


def _missing(
    thin: Sequence[Coverage], ids: Collection[int], level: int, at: datetime
) -> dict[str, dict[int, Sequence[Missing]]]:
    """Return, for each thin competency, what the nearest people lack; a coming lapse needs one row."""
    nearest = _nearest(thin, ids, at)
    facts = ledger_of(nearest.keys(), {person for people_ in nearest.values() for person in people_})
    out: dict[str, dict[int, Sequence[Missing]]] = {}
    for row in thin:
        requirements = row.competency.requirements()
        lacking = lacking_for(level, requirements)
        steps: dict[int, Sequence[Missing]] = {
            person: lacking(tuple(facts.get((row.competency.id, person), ())), at)
            for person in nearest[row.competency.id]
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
