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
from app.scheduling.checker.timeline import SLOT_MINUTES, Week, members, span, starts_of_runs

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

Candidates = dict[str, int]


@dataclass(slots=True)
class Reasoner:
    """Give the reason of any open requirement of one plan; what hosts share is worked out once."""

    facts: Facts
    ledger: Ledger
    _cover_fits: dict[tuple[str, str], int] = field(default_factory=dict)
    _hosts: dict[tuple[str, str | None], list[Person]] = field(default_factory=dict)
    _host_starts: dict[str, int] = field(default_factory=dict)
    _host_weeks: dict[str, int] = field(default_factory=dict)

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
        candidates = self._common_starts(need, hosts)
        if not candidates:
            return "no_common_time"
        if any(self.ledger.missing(before) for before in open_before if before):
            return "prerequisite_unmet"
        steps = (
            ("learner_budget", self._within_budget),
            ("host_capacity", self._within_capacity),
            ("coverage", self._within_cover),
            ("conflict", self._without_collision),
        )
        for name, step in steps:
            candidates = {host: starts for host, starts in step(need, candidates).items() if starts}
            if not candidates:
                return name
        return "search"

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
        banned = facts.banned_pairs
        return [p for p in self._hosts[key] if p.id != need.learner and (need.learner, p.id) not in banned]

    def _prerequisites(self, need: Need) -> list[Need | None]:
        """Return the requirements that must be complete first; None stands for one that does not exist."""
        return [
            self.facts.need_for.get((need.learner, competency))
            for competency in self.facts.prerequisites[need.competency]
            if not self.facts.holds(need.learner, competency)
        ]

    def _common_starts(self, need: Need, hosts: list[Person]) -> Candidates:
        learner = self.facts.people[need.learner]
        starts = starts_of_runs(learner.on_duty & ~learner.barred, self.length)
        starts &= span(0, need.end_slot - self.length + 1)
        starts &= ~span(0, self.facts.frozen_before)
        if not starts:
            return {}
        found = {}
        for host in hosts:
            if host.id not in self._host_starts:
                self._host_starts[host.id] = starts_of_runs(host.on_duty & ~host.barred, self.length)
            if common := starts & self._host_starts[host.id]:
                found[host.id] = common
        return found

    def _within_budget(self, need: Need, candidates: Candidates) -> Candidates:
        learner = self.facts.people[need.learner]
        free = sum(
            slots
            for week, slots in learner.zone.week_sets.items()
            if self._fits(self.ledger.learned[learner.id, week], learner.learn_minutes)
        )
        return {host: starts & free for host, starts in candidates.items()}

    def _within_capacity(self, need: Need, candidates: Candidates) -> Candidates:
        return {host: starts & self._free_weeks_of(host) for host, starts in candidates.items()}

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

    def _within_cover(self, need: Need, candidates: Candidates) -> Candidates:
        home = self.facts.people[need.learner].department
        return {
            host: starts & self._cover_fit(home, self.facts.people[host].department)
            for host, starts in candidates.items()
        }

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

    def _without_collision(self, need: Need, candidates: Candidates) -> Candidates:
        busy_learner = self._collisions(need.learner)
        after, before = self._days_between(need)
        dates = self.facts.people[need.learner].zone.dates
        left: Candidates = {}
        for host, starts in candidates.items():
            if self.ledger.pairs[need.learner, host] >= self.facts.max_per_pair:
                continue
            for start in members(starts & ~busy_learner & ~self._collisions(host)):
                if after < dates[start] and dates[start + self.length - 1] < before:
                    left[host] = left.get(host, 0) | 1 << start
        return left

    def _collisions(self, person: str) -> int:
        """Return the starts that overlap a session of the person or fall into the pause around it."""
        blocked = 0
        for booking in self.ledger.diary.get(person, ()):
            first = booking.start - self.length - self.facts.rest_slots + 1
            blocked |= span(first, booking.end + self.facts.rest_slots - first)
        return blocked

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
