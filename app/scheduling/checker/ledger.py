"""What a shadowing plan uses up: sessions that could be read, and the running totals over them."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.scheduling.checker.facts import Facts, Need
from app.scheduling.checker.timeline import Week


@dataclass(frozen=True, slots=True)
class Booking:
    """A session of the plan with its requirement; slots are half-open [start, end)."""

    where: str
    need: Need
    host: str
    start: int
    end: int
    minutes: int

    @property
    def learner(self) -> str:
        """Return the learner's id."""
        return self.need.learner

    @property
    def key(self) -> tuple[str, str, int, int]:
        """Return what makes two sessions the same one when plans are compared."""
        return (self.need.id, self.host, self.start, self.minutes)

    def __str__(self) -> str:
        return f"{self.learner} with {self.host} at slot {self.start} for {self.need.id}"


def session_key(session: Mapping[str, Any]) -> tuple[str, str, int, int]:
    """Return the comparison key of a raw session, as `Booking.key` gives it for a read one."""
    return (session["requirement"], session["host"], session["start"], session["minutes"])


@dataclass(slots=True)
class Ledger:
    """Totals over the bookings, as the weekly limits, the floors and the reasons need them."""

    bookings: list[Booking]
    served: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    learned: Counter[tuple[str, Week]] = field(default_factory=Counter)
    hosted: Counter[tuple[str, Week]] = field(default_factory=Counter)
    cover: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    diary: dict[str, list[Booking]] = field(default_factory=lambda: defaultdict(list))
    last_day: dict[str, dt.date] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: Facts, bookings: Iterable[Booking]) -> "Ledger":
        """Add up the bookings in order of their start."""
        ledger = cls(sorted(bookings, key=lambda b: (b.start, b.learner, b.host)))
        for booking in ledger.bookings:
            ledger._enter(facts, booking)
        return ledger

    def _enter(self, facts: Facts, booking: Booking) -> None:
        learner, host = facts.people[booking.learner], facts.people[booking.host]
        self.served[booking.need.id] += booking.minutes
        self.pairs[learner.id, host.id] += 1
        self.learned[learner.id, learner.zone.week_of(booking.start)] += booking.minutes
        self.hosted[host.id, host.zone.week_of(booking.start)] += booking.minutes
        for slot in range(booking.start, booking.end):
            self.cover[learner.department][slot] += 100
            self.cover[host.department][slot] += facts.host_cover
        for person in {learner.id, host.id}:
            self.diary[person].append(booking)
        day = learner.zone.dates[booking.end - 1]
        self.last_day[booking.need.id] = max(day, self.last_day.get(booking.need.id, day))

    def missing(self, need: Need) -> int:
        """Return the minutes of `need` that are not in the plan."""
        return max(0, need.minutes - self.served[need.id])
