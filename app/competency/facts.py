"""What the roll-up reads and what it answers with. Pure, frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.competency.kinds import MAX_LEVEL, EvidenceKind

LAPSING_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Evidence:
    """State one dated fact about one person and one competency; instants are aware UTC datetimes.

    `score` is in the unit of the kind (quiz per cent, role-play mean of 4, coaching rating of 5).
    `level` is what an assessor validated (prior learning) or what a check-in holds the person at; a
    check-in without a level confirms. `day` is the calendar day in the person's own time zone.
    """

    id: int
    kind: EvidenceKind
    observed_at: datetime
    day: date
    passed: bool = True
    score: float | None = None
    level: int | None = None
    valid_until: datetime | None = None
    assessor_id: int | None = None
    assessor_level: int | None = None
    assessor_in_good_standing: bool = True
    by_self: bool = False
    superseded: bool = False
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class SetAside:
    """Say why a row does not count.

    `why` is one of: superseded, revoked, not_yet, expired, never_raises, failed, below_mark, own_word,
    assessor_level, assessor_standing, nothing_to_renew.
    """

    evidence_id: int
    why: str


@dataclass(frozen=True, slots=True)
class Missing:
    """State what one need still lacks; `renewing` when a single row brings a lapsed level back."""

    level: int
    kinds: tuple[EvidenceKind, ...]
    have: int
    count: int
    days_have: int
    days: int
    min_score: float | None = None
    best_score: float | None = None
    renewing: bool = False


@dataclass(frozen=True, slots=True)
class RequirementState:
    """State how one level's requirement stands at the as-of instant."""

    level: int
    met: bool
    renewed: bool
    rests_on: tuple[int, ...]
    first_met_at: datetime | None
    lapses_at: datetime | None
    lapsed_at: datetime | None
    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class RollUp:
    """Give the level held with its reasons.

    `supported_level` is what the evidence supports before a check-in holds it down. `until[n-1]` is when
    level n would no longer be held if nothing new happened, None where it is not held now.
    """

    level: int
    supported_level: int
    as_of: datetime
    requirements: tuple[RequirementState, ...]
    until: tuple[datetime | None, datetime | None, datetime | None, datetime | None]
    highest_held: int
    held_below_by: int | None
    hold_until: datetime | None
    set_aside: tuple[SetAside, ...]

    @property
    def lapses_at(self) -> datetime | None:
        """Return when the level held now would lapse; None at level 0."""
        return self.until[self.level - 1] if self.level else None

    @property
    def due_at(self) -> datetime | None:
        """Return the next instant at which time alone changes this result, or None."""
        ends = [state.lapses_at for state in self.requirements if state.lapses_at is not None]
        return min([*ends, *([self.hold_until] if self.hold_until else [])], default=None)

    @property
    def lapsing(self) -> bool:
        """Tell whether the level lapses within 30 days."""
        return self.lapses_at is not None and self.lapses_at <= self.as_of + LAPSING_WITHIN

    @property
    def lapsed_from(self) -> int | None:
        """Return the level once held that has run out since, or None."""
        return self.highest_held if self.highest_held > self.supported_level else None

    @property
    def missing(self) -> tuple[Missing, ...]:
        """Return what the next level lacks, lower levels' gaps first; empty at the top or when held."""
        if self.supported_level > self.level or self.level == MAX_LEVEL:
            return ()
        return self.missing_for(self.level + 1)

    def missing_for(self, level: int) -> tuple[Missing, ...]:
        """Return what stands between now and `level`, lowest level first."""
        return tuple(each for state in self.requirements[:level] if not state.met for each in state.missing)
