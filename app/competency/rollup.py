"""Work out the level one person holds in one competency, with the reasons. Pure.

`roll_up` depends only on the set of evidence, the requirements and the as-of instant: neither the order
of the rows nor a repeated row changes the result.

How a requirement is met: first by evidence of its own kinds (or validated prior learning at its level);
once it was met, one qualifying row of its own or of a higher kind observed later keeps it alive or brings
it back. The ladder follows Miller 1990, *Acad. Med.* 65(9):S63.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from app.competency.facts import Evidence, Missing, RequirementState, RollUp, SetAside
from app.competency.framework import DEFAULT_VALIDITY_MONTHS, LevelRequirement, Need
from app.competency.kinds import (
    MAX_LEVEL,
    SIGN_OFFS,
    VALIDATED,
    VALIDATED_MAX_LEVEL,
    EvidenceKind,
    ceiling_of,
)


def add_months(moment: datetime, months: int) -> datetime:
    """Return the same day and time `months` later, or the last day of a shorter month."""
    index = moment.month - 1 + months
    year, month = moment.year + index // 12, index % 12 + 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


def roll_up(
    evidence: Iterable[Evidence], requirements: Sequence[LevelRequirement], as_of: datetime
) -> RollUp:
    """Return the level held at `as_of` and why.

    Raises ValueError when the requirements are not those of the levels 1 to 4 in order, when two rows
    share an id but differ, or when an instant has no zone.
    """
    if [each.level for each in requirements] != list(range(1, MAX_LEVEL + 1)):
        raise ValueError("requirements for the levels 1 to 4, in order")
    if as_of.tzinfo is None:
        raise ValueError("as_of needs a zone")
    rows = _distinct(evidence)
    rules = {kind: need for each in requirements for need in each.needs for kind in need.kinds}
    reasons: dict[int, str] = {}
    counted: list[Evidence] = []
    for row in rows:
        why = _why_not(row, rules, as_of)
        if why:
            reasons[row.id] = why
        else:
            counted.append(row)
    below = [row for row in rows if reasons.get(row.id) == "below_mark"]
    tracks = tuple(_Track(requirement, counted, below) for requirement in requirements)
    states = tuple(track.state(as_of) for track in tracks)
    supported = _level(states)
    until = _until(states, supported)
    hold = _hold(counted, as_of)
    level = min(supported, hold.level) if hold and hold.level is not None else supported
    shown_until = tuple(instant if n < level else None for n, instant in enumerate(until))
    for row in counted:
        if row.kind is not EvidenceKind.CHECK_IN and not any(track.uses(row) for track in tracks):
            reasons[row.id] = "nothing_to_renew"
        elif row.kind is not EvidenceKind.CHECK_IN and not any(
            track.expiry(row) > as_of for track in tracks if track.uses(row)
        ):
            reasons[row.id] = "expired"
    return RollUp(
        level=level,
        supported_level=supported,
        as_of=as_of,
        requirements=states,
        until=(shown_until[0], shown_until[1], shown_until[2], shown_until[3]),
        highest_held=_highest_held(tracks, counted, as_of, supported),
        held_below_by=hold.id if hold and level < supported else None,
        hold_until=_hold_until(hold) if hold and hold.level is not None else None,
        set_aside=tuple(SetAside(each, reasons[each]) for each in sorted(reasons)),
    )


class _Track:
    """Follow one requirement through time over the rows that count."""

    def __init__(
        self, requirement: LevelRequirement, counted: Sequence[Evidence], below: Sequence[Evidence]
    ) -> None:
        self.requirement = requirement
        self.below = below
        level = requirement.level
        self._expiries: dict[int, datetime] = {}
        self.direct = self._timed([row for row in counted if _serves(row, requirement)])
        self.first_met_at = next(
            (row.observed_at for row in self.direct if self._directly_met(row.observed_at)), None
        )
        self.renewals: list[Evidence] = []
        if self.first_met_at is not None:
            after = [row for row in counted if row.observed_at > self.first_met_at]
            self.renewals = self._timed([row for row in after if _renews(row, level, requirement)])

    def _timed(self, rows: list[Evidence]) -> list[Evidence]:
        months = self.requirement.validity_months
        for row in rows:
            self._expiries[row.id] = row.valid_until or add_months(row.observed_at, months)
        return rows

    def uses(self, row: Evidence) -> bool:
        return row.id in self._expiries

    def expiry(self, row: Evidence) -> datetime:
        return self._expiries[row.id]

    def _valid(self, rows: Iterable[Evidence], at: datetime) -> list[Evidence]:
        return [row for row in rows if row.observed_at <= at < self.expiry(row)]

    def _directly_met(self, at: datetime) -> bool:
        return not self._lacks(self._valid(self.direct, at))

    def _lacks(self, valid: Sequence[Evidence]) -> tuple[Missing, ...]:
        if any(row.kind in VALIDATED for row in valid):
            return ()
        lacking = []
        for need in self.requirement.needs:
            rows = [row for row in valid if row.kind in need.kinds]
            days = len({row.day for row in rows})
            if len(rows) < need.count or days < need.days:
                lacking.append(self._missing(need, len(rows), days))
        return tuple(lacking)

    def _missing(self, need: Need, have: int, days: int, *, renewing: bool = False) -> Missing:
        return Missing(
            level=self.requirement.level,
            kinds=need.kinds,
            have=have,
            count=1 if renewing else need.count,
            days_have=days,
            days=1 if renewing else need.days,
            min_score=need.min_score,
            best_score=max(
                (row.score for row in self.below if row.kind in need.kinds and row.score is not None),
                default=None,
            ),
            renewing=renewing,
        )

    def met(self, at: datetime) -> bool:
        if self.first_met_at is None or at < self.first_met_at:
            return False
        return bool(self._valid(self.renewals, at)) or self._directly_met(at)

    def met_until(self, at: datetime) -> datetime:
        """Return the first instant from `at` on at which a met requirement is no longer met."""
        ends = sorted({self.expiry(row) for row in (*self.direct, *self.renewals)})
        return next(end for end in ends if end > at and not self.met(end))

    def state(self, as_of: datetime) -> RequirementState:
        met = self.met(as_of)
        direct, renewing = self._valid(self.direct, as_of), self._valid(self.renewals, as_of)
        lapsed_at = None
        missing: tuple[Missing, ...] = ()
        if not met and self.first_met_at is not None:
            ends = [self.expiry(row) for row in (*self.direct, *self.renewals)]
            starts = [row.observed_at for row in (*self.direct, *self.renewals) if self.met(row.observed_at)]
            last = max(start for start in starts if start <= as_of)
            lapsed_at = min(end for end in ends if last < end <= as_of and not self.met(end))
            missing = tuple(self._missing(need, 0, 0, renewing=True) for need in self.requirement.needs[:1])
        elif not met:
            missing = self._lacks(direct)
        directly = met and not self._lacks(direct)
        rests_on: tuple[int, ...] = ()
        if met:
            rests_on = tuple(sorted({row.id for row in (*(direct if directly else ()), *renewing)}))
        return RequirementState(
            level=self.requirement.level,
            met=met,
            renewed=met and not directly,
            rests_on=rests_on,
            first_met_at=self.first_met_at,
            lapses_at=self.met_until(as_of) if met else None,
            lapsed_at=lapsed_at,
            missing=missing,
        )


def _distinct(evidence: Iterable[Evidence]) -> list[Evidence]:
    rows: dict[int, Evidence] = {}
    for row in evidence:
        if row.observed_at.tzinfo is None or (row.valid_until and row.valid_until.tzinfo is None):
            raise ValueError(f"evidence {row.id}: instants need a zone")
        if rows.setdefault(row.id, row) != row:
            raise ValueError(f"evidence {row.id}: two different rows with one id")
    return sorted(rows.values(), key=lambda row: (row.observed_at, row.id))


def _why_not(row: Evidence, rules: Mapping[EvidenceKind, Need], as_of: datetime) -> str | None:
    """Return the reason a row counts for no level whatever the others say, or None."""
    need = rules.get(row.kind)
    if row.superseded:
        return "superseded"
    if row.revoked:
        return "revoked"
    if row.observed_at > as_of:
        return "not_yet"
    if _needs_another(row.kind) and (row.by_self or row.assessor_id is None):
        return "own_word"
    if not row.assessor_in_good_standing:
        return "assessor_standing"
    if row.kind is EvidenceKind.CHECK_IN:
        return None
    if ceiling_of(row.kind) == 0:
        return "never_raises"
    if not row.passed:
        return "failed"
    if row.kind in VALIDATED and not 1 <= (row.level or 0) <= VALIDATED_MAX_LEVEL:
        return "below_mark"
    if need and need.min_score is not None and (row.score is None or row.score < need.min_score):
        return "below_mark"
    if need and need.assessor_level is not None and (row.assessor_level or 0) < need.assessor_level:
        return "assessor_level"
    return None


def _needs_another(kind: EvidenceKind) -> bool:
    """Tell whether a kind counts only when someone other than the person vouches for it."""
    return kind in (EvidenceKind.ROLE_PLAY, EvidenceKind.CHECK_IN, *SIGN_OFFS, *VALIDATED)


def _serves(row: Evidence, requirement: LevelRequirement) -> bool:
    if row.kind in VALIDATED:
        return (row.level or 0) >= requirement.level
    return any(row.kind in need.kinds for need in requirement.needs)


def _renews(row: Evidence, level: int, requirement: LevelRequirement) -> bool:
    if row.kind in VALIDATED:
        return (row.level or 0) >= level
    if row.kind is EvidenceKind.OUTCOME:
        return level <= ceiling_of(row.kind)
    return ceiling_of(row.kind) > level or row.kind in requirement.needs[0].kinds


def _level(states: Sequence[RequirementState]) -> int:
    level = 0
    for state in states:
        if not state.met:
            break
        level = state.level
    return level


def _until(states: Sequence[RequirementState], supported: int) -> tuple[datetime | None, ...]:
    until: list[datetime | None] = []
    for state in states:
        if state.level > supported or state.lapses_at is None:
            until.append(None)
        else:
            before = until[-1] if until else None
            until.append(state.lapses_at if before is None else min(before, state.lapses_at))
    return tuple(until)


def _hold(counted: Sequence[Evidence], as_of: datetime) -> Evidence | None:
    """Return the latest valid check-in; it holds the person down when it names a level."""
    valid = [row for row in counted if row.kind is EvidenceKind.CHECK_IN and as_of < _hold_until(row)]
    return valid[-1] if valid else None


def _hold_until(row: Evidence) -> datetime:
    return row.valid_until or add_months(row.observed_at, DEFAULT_VALIDITY_MONTHS)


def _highest_held(
    tracks: Sequence[_Track], counted: Sequence[Evidence], as_of: datetime, supported: int
) -> int:
    highest = supported
    ever = 0
    for track in tracks:
        if track.first_met_at is None:
            break
        ever = track.requirement.level
    if ever > supported:
        for row in counted:
            level = 0
            for track in tracks[:ever]:
                if not track.met(row.observed_at):
                    break
                level = track.requirement.level
            highest = max(highest, level)
    return highest
