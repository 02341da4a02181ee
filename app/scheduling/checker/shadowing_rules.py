"""The hard rules of shadowing, one function each; a rule yields a violation per place where it is broken."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

from app.scheduling.checker.facts import Facts
from app.scheduling.checker.ledger import Booking, Ledger, session_key
from app.scheduling.checker.report import Violation
from app.scheduling.checker.timeline import span

Rule = Callable[[Facts, Ledger], Iterator[Violation]]


def _still_open(facts: Facts, ledger: Ledger) -> Iterator[Booking]:
    """Yield the bookings that are not history; what happened happened, only `frozen` judges it."""
    return (booking for booking in ledger.bookings if booking.start >= facts.judged_from)


def self_hosting(facts: Facts, ledger: Ledger) -> Iterator[Violation]:
    """Refuse a session in which learner and host are the same person."""
    for booking in ledger.bookings:
        if booking.learner == booking.host:
            yield Violation("self_hosting", booking.where, f"{booking.host} would shadow themselves")


def not_qualified(facts: Facts, ledger: Ledger) -> Iterator[Violation]:
    """Refuse a host below the level, unwilling, or of the own department where another is asked for."""
    for booking in _still_open(facts, ledger):
        host, need = facts.people[booking.host], booking.need
        if host.levels.get(need.competency, 0) < facts.host_level:
            reason = f"is below level {facts.host_level} in {need.competency}"
        elif not host.may_host:
            reason = "does not host"
        elif need.cross and host.department == facts.people[need.learner].department:
            reason = f"works in the learner's own department {host.department}"
        else:
            continue
        yield Violation("not_qualified", booking.where, f"{host.id} {reason}")


def learner_unavailable(facts: Facts, ledger: Ledger) -> Iterator[Violation]:
    """Refuse a session in which the learner is off duty in some slot (hours, leave, calendar)."""
    for booking in _still_open(facts, ledger):
        asked = span(booking.start, booking.end - booking.start)
        if asked & ~facts.people[booking.learner].on_duty:
            yield Violation("learner_unavailable", booking.where, f"{booking}: the learner is off duty")


def host_unavailable(facts: Facts, ledger: Ledger) -> Iterator[Violation]:
    """Refuse a session in which the host is off duty in some slot (hours, leave, calendar)."""
    for booking in _still_open(facts, ledger):
        asked = span(booking.start, booking.end - booking.start)
        if asked & ~facts.people[booking.host].on_duty:
            yield Violation("host_unavailable", booking.where, f"{booking}: the host is off duty")


def banned(facts: Facts, ledger: Ledger) -> Iterator[Violation]:
    """Refuse a banned pair and any session that touches a barred interval of either person."""
    for booking in _still_open(facts, ledger):
        asked = span(booking.start, booking.end - booking.start)
        if (booking.learner, booking.host) in facts.banned_pairs:
            yield Violation("banned", booking.where, f"{booking.learner} and {booking.host} must not meet")
        elif asked & (facts.people[booking.learner].barred | facts.people[booking.host].barred):
            yield Violation("banned", booking.where, f"{booking}: one of them is barred then")


def deadline(facts: Facts, ledger: Ledger) -> Iterator[Violation]:
    """Refuse a session that ends after the requirement's deadline, a date in the learner's zone."""
    for booking in ledger.bookings:
        if booking.end > booking.need.end_slot:
            yield Violation("deadline", booking.where, f"{booking} ends after the deadline")


def rest(facts: Facts, ledger: Ledger) -> Iterator[Violation]:
    """Refuse two sessions of one person, in any role, that overlap or lack the pause between them."""
    for person, diary in ledger.diary.items():
        for earlier, later in pairwise(sorted(diary, key=lambda b: (b.start, b.end))):
            if later.start < earlier.end + facts.rest_slots:
                text = f"{person} has no pause between {earlier} and {later}"
                yield Violation("rest", later.where, text)


def learner_budget(facts: Facts, ledger: Ledger) -> Iterator[Violation]:
    """Refuse more minutes for a learner in a local ISO week than the time budget allows."""
    for (person, week), minutes in ledger.learned.items():
        limit = facts.people[person].learn_minutes
        if minutes > limit:
            text = f"{person} learns {minutes} of {limit} minutes in week {week[0]}-W{week[1]:02d}"
            yield Violation("learner_budget", person, text)


def host_capacity(facts: Facts, ledger: Ledger) -> Iterator[Violation]:
    """Refuse more minutes for a host in a local ISO week than the weekly load allows."""
    for (person, week), minutes in ledger.hosted.items():
        limit = facts.people[person].host_minutes
        if minutes > limit:
            text = f"{person} hosts {minutes} of {limit} minutes in week {week[0]}-W{week[1]:02d}"
            yield Violation("host_capacity", person, text)


def pair_limit(facts: Facts, ledger: Ledger) -> Iterator[Violation]:
    """Refuse more sessions of one learner with one host than the horizon allows."""
    for (learner, host), count in ledger.pairs.items():
        if count > facts.max_per_pair:
            text = f"{learner} meets {host} {count} times, the limit is {facts.max_per_pair}"
            yield Violation("pair_limit", f"{learner}, {host}", text)


def coverage(facts: Facts, ledger: Ledger) -> Iterator[Violation]:
    """Refuse sessions that take a department below its floor in a slot that is not history."""
    for department, taken in ledger.cover.items():
        spare = facts.spare[department]
        for slot, cover in sorted(taken.items()):
            if cover > spare[slot] and slot >= facts.judged_from:
                text = f"{department} gives up {cover} % of a person in slot {slot}, {spare[slot]} % is spare"
                yield Violation("coverage", f"{department}, slot {slot}", text)


def over_served(facts: Facts, ledger: Ledger) -> Iterator[Violation]:
    """Refuse more minutes than a requirement asks for."""
    for need in facts.needs.values():
        if ledger.served[need.id] > need.minutes:
            text = f"{need.id} gets {ledger.served[need.id]} minutes but asks for {need.minutes}"
            yield Violation("over_served", need.id, text)


def prerequisite(facts: Facts, ledger: Ledger) -> Iterator[Violation]:
    """Refuse a session before its prerequisites are held or complete on an earlier local date."""
    for booking in ledger.bookings:
        day = facts.people[booking.learner].zone.dates[booking.start]
        for competency in facts.prerequisites[booking.need.competency]:
            if facts.holds(booking.learner, competency):
                continue
            before = facts.need_for.get((booking.learner, competency))
            if before is None or ledger.missing(before) or ledger.last_day.get(before.id, dt.date.min) >= day:
                text = f"{booking} comes before {competency} is complete"
                yield Violation("prerequisite", booking.where, text)


def pin(facts: Facts, ledger: Ledger) -> Iterator[Violation]:
    """Refuse a plan that leaves out a session or a meeting that a manager pinned."""
    sessions = {booking.key for booking in ledger.bookings}
    meetings = {(b.learner, b.host, b.need.competency) for b in ledger.bookings}
    for position, wish in enumerate(facts.pins):
        if "session" in wish:
            kept = session_key(wish["session"]) in sessions
        else:
            kept = (wish["learner"], wish["host"], wish["competency"]) in meetings
        if not kept:
            yield Violation("pin", f"instance pins[{position}]", "the plan does not contain what was pinned")


def frozen(facts: Facts, ledger: Ledger) -> Iterator[Violation]:
    """Refuse a new plan that drops, alters or inserts a session before the frozen slot."""
    if facts.previous is None:
        return
    past = Counter(session_key(s) for s in facts.previous if s["start"] < facts.frozen_before)
    now = Counter(b.key for b in ledger.bookings if b.start < facts.frozen_before)
    for key in past - now:
        yield Violation("frozen", f"requirement {key[0]}", f"the past session at slot {key[2]} is gone")
    for key in now - past:
        yield Violation("frozen", f"requirement {key[0]}", f"slot {key[2]} is past, no session can be added")


RULES: tuple[Rule, ...] = (
    self_hosting,
    not_qualified,
    learner_unavailable,
    host_unavailable,
    banned,
    deadline,
    rest,
    learner_budget,
    host_capacity,
    pair_limit,
    coverage,
    over_served,
    prerequisite,
    pin,
    frozen,
)
