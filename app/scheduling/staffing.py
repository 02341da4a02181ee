"""How many of a department are on duty in each slot, against its floor. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.scheduling.availability import Hours, Spans, local, present
from app.scheduling.kinds import SLOT, SLOT_MINUTES


@dataclass(frozen=True, slots=True)
class Staff:
    """Carry what decides when `people` who are alike are on duty; `off` are slots away from the own work."""

    zone: str
    hours: Hours
    leave: Spans = ()
    off: frozenset[datetime] = frozenset()
    people: int = 1


@dataclass(frozen=True, slots=True)
class Floor:
    """Ask for `minimum` people between two minutes of a weekday, in the department's zone."""

    weekday: int
    starts_minute: int
    ends_minute: int
    minimum: int
    zone: str


@dataclass(frozen=True, slots=True)
class Duty:
    """State how many are on duty in a slot and how many must be."""

    on_duty: int
    floor: int

    @property
    def short(self) -> bool:
        return self.on_duty < self.floor


def floor_at(slot: datetime, floors: Iterable[Floor]) -> int:
    """Return the floor of a slot; the highest where several apply, 0 where none does."""
    highest = 0
    for floor in floors:
        _on, weekday, minute = local(slot, floor.zone)
        if (
            weekday == floor.weekday
            and floor.starts_minute < minute + SLOT_MINUTES
            and minute < floor.ends_minute
        ):
            highest = max(highest, floor.minimum)
    return highest


def duty_by_slot(
    staff: Collection[Staff], floors: Collection[Floor], slots: Iterable[datetime]
) -> Mapping[datetime, Duty]:
    """Return on-duty count and floor for every slot asked for."""
    wanted = sorted(slots)
    if not wanted:
        return {}
    counts: Counter[datetime] = Counter()
    for each in staff:
        for slot in present(each.zone, each.hours, each.leave, wanted[0], wanted[-1] + SLOT) - each.off:
            counts[slot] += each.people
    return {slot: Duty(counts[slot], floor_at(slot, floors)) for slot in wanted}
