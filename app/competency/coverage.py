"""How many people hold a competency, now and as levels run out or people are away. Pure.

A *single point of failure* is a competency that exactly one person holds at the asked level.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.competency.facts import Missing
from app.competency.kinds import COACHING, SIGN_OFFS, EvidenceKind

MINUTES: Mapping[EvidenceKind, int] = {
    EvidenceKind.QUIZ: 15,
    EvidenceKind.OBSERVE: 60,
    EvidenceKind.ROLE_PLAY: 30,
    **dict.fromkeys(SIGN_OFFS, 60),
    **dict.fromkeys(COACHING, 60),
}
"""What one piece of evidence costs the learner, in minutes; used to compare fixes, not to plan."""


@dataclass(frozen=True, slots=True)
class Holding:
    """State until when one person holds level n; `until[n-1]` is None where level n is not held."""

    person_id: int
    competency_id: str
    until: tuple[datetime | None, ...]


@dataclass(frozen=True, slots=True)
class Absence:
    """State that a person is away from `starts_at` until just before `ends_at`."""

    person_id: int
    starts_at: datetime
    ends_at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Change:
    """Give who remains from one instant on; `left` and `came` name who changed, with why."""

    at: datetime
    holders: tuple[int, ...]
    left: tuple[tuple[int, str], ...]
    came: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """Describe one competency at one level over a window; `changes` are in order of time."""

    competency_id: str
    level: int
    holders: tuple[int, ...]
    changes: tuple[Change, ...]

    @property
    def single_point(self) -> int | None:
        """Return the one person who holds it now, or None where none or several do."""
        return self.holders[0] if len(self.holders) == 1 else None

    def first_at_most(self, people: int) -> Change | None:
        """Return the first change that leaves `people` or fewer, where more hold it now."""
        if len(self.holders) <= people:
            return None
        return next((change for change in self.changes if len(change.holders) <= people), None)


@dataclass(frozen=True, slots=True)
class Fix:
    """Name who could reach or keep a level with the least learner time, and the steps; in minutes."""

    person_id: int
    minutes: int
    steps: tuple[Missing, ...]


def forecast(
    competency_id: str,
    level: int,
    holdings: Iterable[Holding],
    start: datetime,
    end: datetime,
    *,
    absences: Iterable[Absence] = (),
) -> Forecast:
    """Return who holds `level` at `start` and each dated change before `end`.

    Raises ValueError for a level outside 1 to 4 or a window that ends before it starts.
    """
    if not 1 <= level <= 4 or end < start:
        raise ValueError("a level from 1 to 4 and a window that ends after it starts")
    until: dict[int, datetime] = {}
    for holding in holdings:
        expiry = holding.until[level - 1]
        if holding.competency_id == competency_id and expiry is not None and expiry > start:
            until[holding.person_id] = max(expiry, until.get(holding.person_id, expiry))
    away = [each for each in absences if each.person_id in until]
    instants = {*until.values()} | {at for each in away for at in (each.starts_at, each.ends_at)}
    present = _present(until, away, start)
    changes = []
    before = set(present)
    for at in sorted(each for each in instants if start < each < end):
        now = set(_present(until, away, at))
        if now != before:
            left = tuple((person, _why(person, until, away, at)) for person in sorted(before - now))
            changes.append(Change(at, tuple(sorted(now)), left, tuple(sorted(now - before))))
        before = now
    return Forecast(competency_id, level, present, tuple(changes))


def cost(steps: Iterable[Missing]) -> int:
    """Return the learner's minutes that the missing evidence takes, by the figures in `MINUTES`."""
    return sum(
        max(step.count - step.have, step.days - step.days_have, 1) * MINUTES.get(step.kinds[0], 60)
        for step in steps
    )


def cheapest_fix(candidates: Mapping[int, Sequence[Missing]]) -> Fix | None:
    """Return the person for whom the missing steps cost least; ties go to the lowest id."""
    fixes = [Fix(person, cost(steps), tuple(steps)) for person, steps in candidates.items() if steps]
    return min(fixes, key=lambda fix: (fix.minutes, fix.person_id), default=None)


def _present(until: Mapping[int, datetime], away: Sequence[Absence], at: datetime) -> tuple[int, ...]:
    gone = {each.person_id for each in away if each.starts_at <= at < each.ends_at}
    return tuple(sorted(person for person, end in until.items() if end > at and person not in gone))


def _why(person: int, until: Mapping[int, datetime], away: Sequence[Absence], at: datetime) -> str:
    if until[person] <= at:
        return "lapse"
    return next(each.why for each in away if each.person_id == person and each.starts_at <= at < each.ends_at)
