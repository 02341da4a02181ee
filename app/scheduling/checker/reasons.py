"""Why a requirement is not fully in a plan: a fixed ladder whose first barren step is the reason.

A candidate is a host with a start slot for the shortest allowed session. Each step of the ladder takes
away the candidates that one more rule forbids; the reason is the step at which none is left, and
`search` when a legal candidate survives all of them. The order makes every plan have exactly one true
reason per open requirement, which is why it can be verified.
"""

import datetime as dt
from dataclasses import dataclass, field

from app.scheduling.checker.facts import Facts, Need, Person
from app.scheduling.checker.ledger import Ledger
from app.scheduling.checker.timeline import SLOT_MINUTES, Week, span, starts_of_runs

REASONS = {
    "no_qualified_host": "nobody who may host holds the level",
    "prerequisite_missing": "a prerequisite is neither held nor required of this learner",
    "no_common_time": "no start fits the calendars of learner and host before the deadline",
    "prerequisite_unmet": "a prerequisite is itself not complete in the plan",
    "learner_budget": "no week with a possible start has enough of the learner's time budget left",
    "host_capacity": "every host with a possible start has used up that week's hosting",
    "coverage": "every start left would push a department below its floor",
    "conflict": "every start left collides with other sessions of learner or host",
    "search": "a legal start is left: the plan preferred something else or ran out of time",
}

HOST_STEPS = ("host_capacity", "coverage", "conflict")


@dataclass(slots=True)
class Reasoner:
    """Give the reason of any open requirement of one plan; what hosts share is worked out once."""

    facts: Facts
    ledger: Ledger
    _cover_fits: dict[tuple[str, str], int] = field(default_factory=dict)
    _hosts: dict[tuple[str, str | None], list[Person]] = field(default_factory=dict)
    _host_starts: dict[str, int] = field(default_factory=dict)
    _host_weeks: dict[str, int] = field(default_factory=dict)
    _busy: dict[str, int] = field(default_factory=dict)
    _banned: set[str] = field(default_factory=set)

    @property
    def length(self) -> int:
        """Return the slots of the shortest allowed session."""
        return min(self.facts.durations) // SLOT_MINUTES

    def reason_of(self, need: Need) -> str:
        """Return the first step of the ladder at which no candidate for `need` survives."""
        hosts = self._qualified(need)
        if not hosts:
            return "no_qualified_host"
        open_before = self._prerequisites(need)
        if None in open_before:
            return "prerequisite_missing"
        starts = self._learner_starts(need)
        if not self._meets_any(starts, hosts):
            return "no_common_time"
        if any(self.ledger.missing(before) for before in open_before if before):
            return "prerequisite_unmet"
        starts &= self._free_weeks_of_learner(need)
        if not self._meets_any(starts, hosts):
            return "learner_budget"
        order = self._order_window(need)
        furthest = 0
        for host in hosts:
            passed = self._steps_passed(need, host, starts & self._host_free(host), order)
            if passed == len(HOST_STEPS):
                return "search"
            furthest = max(furthest, passed)
        return HOST_STEPS[furthest]

    def _steps_passed(self, need: Need, host: Person, starts: int, order: int) -> int:
        """Count the steps that some start with this host survives."""
        home = self.facts.people[need.learner].department
        starts &= self._free_weeks_of(host.id)
        if not starts:
            return 0
        starts &= self._cover_fit(home, host.department)
        if not starts:
            return 1
        return 3 if starts & self._apart(need, host.id, order) else 2

    def _qualified(self, need: Need) -> list[Person]:
        facts = self.facts
        home = facts.people[need.learner].department
        key = (need.competency, home if need.cross else None)
        if key not in self._hosts:
            self._hosts[key] = [
                person
                for person in facts.people.values()
                if person.may_host
                and person.levels.get(need.competency, 0) >= facts.host_level
                and person.department != key[1]
            ]
        hosts = self._hosts[key]
        if not self._banned:
            self._banned = {learner for learner, _ in facts.banned_pairs}
        learner = facts.people[need.learner]
        if learner.id not in self._banned and learner.levels.get(need.competency, 0) < facts.host_level:
            return hosts
        return [p for p in hosts if p.id != learner.id and (learner.id, p.id) not in facts.banned_pairs]

    def _prerequisites(self, need: Need) -> list[Need | None]:
        """Return the requirements that must be complete first; None stands for one that does not exist."""
        return [
            self.facts.need_for.get((need.learner, competency))
            for competency in self.facts.prerequisites[need.competency]
            if not self.facts.holds(need.learner, competency)
        ]

    def _learner_starts(self, need: Need) -> int:
        learner = self.facts.people[need.learner]
        starts = starts_of_runs(learner.on_duty & ~learner.barred, self.length)
        starts &= span(0, need.end_slot - self.length + 1)
        return starts & ~span(0, self.facts.frozen_before)

    def _host_free(self, host: Person) -> int:
        if host.id not in self._host_starts:
            self._host_starts[host.id] = starts_of_runs(host.on_duty & ~host.barred, self.length)
        return self._host_starts[host.id]

    def _meets_any(self, starts: int, hosts: list[Person]) -> bool:
        return bool(starts) and any(starts & self._host_free(host) for host in hosts)

    def _free_weeks_of_learner(self, need: Need) -> int:
        learner = self.facts.people[need.learner]
        return sum(
            slots
            for week, slots in learner.zone.week_sets.items()
            if self._fits(self.ledger.learned[learner.id, week], learner.learn_minutes)
        )

    def _free_weeks_of(self, host_id: str) -> int:
        if host_id not in self._host_weeks:
            host = self.facts.people[host_id]
            hosted: dict[tuple[str, Week], int] = self.ledger.hosted
            self._host_weeks[host_id] = sum(
                slots
                for week, slots in host.zone.week_sets.items()
                if self._fits(hosted.get((host_id, week), 0), host.host_minutes)
            )
        return self._host_weeks[host_id]

    def _fits(self, used_minutes: int, limit_minutes: int) -> bool:
        return used_minutes + self.length * SLOT_MINUTES <= limit_minutes

    def _cover_fit(self, learner_department: str, host_department: str) -> int:
        key = (learner_department, host_department)
        if key not in self._cover_fits:
            asked = {learner_department: 100}
            asked[host_department] = asked.get(host_department, 0) + self.facts.host_cover
            fits = 0
            for slot in range(self.facts.total_slots):
                if all(
                    self.ledger.cover[department][slot] + cover <= self.facts.spare[department][slot]
                    for department, cover in asked.items()
                ):
                    fits |= 1 << slot
            self._cover_fits[key] = starts_of_runs(fits, self.length)
        return self._cover_fits[key]

    def _apart(self, need: Need, host: str, order: int) -> int:
        """Return the starts that keep clear of the plan's sessions, the pair limit and the order."""
        if self.ledger.pairs[need.learner, host] >= self.facts.max_per_pair:
            return 0
        return order & ~self._collisions(need.learner) & ~self._collisions(host)

    def _collisions(self, person: str) -> int:
        """Return the starts that overlap a session of the person or fall into the pause around it."""
        if person not in self._busy:
            blocked = 0
            for booking in self.ledger.diary.get(person, ()):
                first = booking.start - self.length - self.facts.rest_slots + 1
                blocked |= span(first, booking.end + self.facts.rest_slots - first)
            self._busy[person] = blocked
        return self._busy[person]

    def _order_window(self, need: Need) -> int:
        """Return the starts on local dates after the prerequisites and, to the end, before dependants."""
        zone = self.facts.people[need.learner].zone
        after, before = self._days_between(need)
        days = sum(slots for day, slots in zone.day_sets.items() if after < day < before)
        return starts_of_runs(days, self.length) if (after, before) != (dt.date.min, dt.date.max) else -1

    def _days_between(self, need: Need) -> tuple[dt.date, dt.date]:
        """Return the local dates that a session must lie strictly between: prerequisites, dependants."""
        after, before = dt.date.min, dt.date.max
        for earlier in self._prerequisites(need):
            if earlier is not None:
                after = max(after, self.ledger.last_day.get(earlier.id, after))
        if not self.facts.holds(need.learner, need.competency):
            dates = self.facts.people[need.learner].zone.dates
            for booking in self.ledger.diary.get(need.learner, ()):
                if (
                    booking.learner == need.learner
                    and need.competency in (self.facts.prerequisites[booking.need.competency])
                ):
                    before = min(before, dates[booking.start])
        return after, before
