"""The hard rules of rotations, one function each; a rule yields a violation per place where it is broken."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

from app.scheduling.checker.report import Violation
from app.scheduling.checker.rotation_facts import WEEKS_PER_QUARTER, Roster, RotationFacts

RotationRule = Callable[[RotationFacts, Roster], Iterator[Violation]]


def wrong_department(facts: RotationFacts, roster: Roster) -> Iterator[Violation]:
    """Refuse a stay at home or in a department that does not host this person."""
    for stay in roster.stays:
        person = facts.people[stay.employee]
        if stay.department == person.department or stay.department not in person.hosts_in:
            text = f"{stay.employee} of {person.department} may not rotate into {stay.department}"
            yield Violation("wrong_department", stay.where, text)


def unavailable(facts: RotationFacts, roster: Roster) -> Iterator[Violation]:
    """Refuse a stay in a week of leave or blackout."""
    for stay in roster.stays:
        if stay.week in facts.people[stay.employee].away_weeks:
            yield Violation(
                "unavailable", stay.where, f"{stay.employee} is not available in week {stay.week}"
            )


def supervisor(facts: RotationFacts, roster: Roster) -> Iterator[Violation]:
    """Refuse a stay without a named supervisor of the host department, or supervised by the guest."""
    for stay in roster.stays:
        if not facts.may_guide(stay):
            text = f"{stay.supervisor or 'nobody'} is no supervisor of {stay.employee} in {stay.department}"
            yield Violation("supervisor", stay.where, text)


def supervisor_absent(facts: RotationFacts, roster: Roster) -> Iterator[Violation]:
    """Refuse a supervisor who is absent or on rotation in the week of the stay."""
    for stay in roster.stays:
        if stay.supervisor == stay.employee:
            continue
        absent = facts.supervisor_absent.get((stay.supervisor, stay.department))
        if absent is not None and (stay.week in absent or (stay.supervisor, stay.week) in roster.away):
            text = f"{stay.supervisor} is not there in week {stay.week}"
            yield Violation("supervisor_absent", stay.where, text)


def gap(facts: RotationFacts, roster: Roster) -> Iterator[Violation]:
    """Refuse two stays of one person, the last one before the plan included, that are too close."""
    for person, weeks in roster.weeks_of.items():
        last = facts.people[person].last_rotation
        for earlier, later in pairwise(weeks if last is None else [last, *weeks]):
            if later - earlier <= facts.gap_weeks:
                text = f"{person} rotates in weeks {earlier} and {later}, the gap is {facts.gap_weeks}"
                yield Violation("gap", person, text)


def per_quarter(facts: RotationFacts, roster: Roster) -> Iterator[Violation]:
    """Refuse more stays of one person in a quarter than allowed."""
    for person, weeks in roster.weeks_of.items():
        for quarter, count in Counter(week // WEEKS_PER_QUARTER for week in weeks).items():
            if count > facts.per_quarter:
                yield Violation("per_quarter", person, f"{person} rotates {count} times in quarter {quarter}")


def exempt(facts: RotationFacts, roster: Roster) -> Iterator[Violation]:
    """Refuse a stay in a quarter from which the person is exempt."""
    for person, quarter in sorted(roster.served):
        if quarter in facts.people[person].exempt_quarters:
            yield Violation("exempt", person, f"{person} is exempt in quarter {quarter}")


def home_floor(facts: RotationFacts, roster: Roster) -> Iterator[Violation]:
    """Refuse a week in which rotations take a department below its home floor."""
    for (department, week), count in sorted(roster.from_home.items()):
        room = facts.home_room(department, week)
        if count > room:
            text = f"{count} people of {department} are away in week {week}, at most {room} may be"
            yield Violation("home_floor", f"{department}, week {week}", text)


def guest_cap(facts: RotationFacts, roster: Roster) -> Iterator[Violation]:
    """Refuse more guests in a department and week than it takes."""
    for (department, week), count in sorted(roster.guests.items()):
        cap = facts.guest_caps[department][week]
        if count > cap:
            text = f"{department} has {count} guests in week {week}, it takes {cap}"
            yield Violation("guest_cap", f"{department}, week {week}", text)


def supervisor_load(facts: RotationFacts, roster: Roster) -> Iterator[Violation]:
    """Refuse more guests for a supervisor in a quarter than agreed."""
    for (person, quarter), count in roster.guided_in_quarter.items():
        cap = facts.supervisor_cap[person]
        if count > cap:
            text = f"{person} guides {count} guests in quarter {quarter}, the limit is {cap}"
            yield Violation("supervisor_load", person, text)


def supervisor_busy(facts: RotationFacts, roster: Roster) -> Iterator[Violation]:
    """Refuse two guests of one supervisor in one week."""
    for (person, week), count in roster.guided_in_week.items():
        if count > 1:
            yield Violation("supervisor_busy", person, f"{person} guides {count} guests in week {week}")


def pin(facts: RotationFacts, roster: Roster) -> Iterator[Violation]:
    """Refuse a plan without a stay that a manager pinned."""
    stays = {(stay.employee, stay.week, stay.department) for stay in roster.stays}
    for position, wish in enumerate(facts.pins):
        places = [wish["dept"]] if "dept" in wish else facts.floors
        if not any((wish["employee"], wish["week"], place) in stays for place in places):
            text = f"{wish['employee']} does not rotate in week {wish['week']} as pinned"
            yield Violation("pin", f"instance pins[{position}]", text)


def banned(facts: RotationFacts, roster: Roster) -> Iterator[Violation]:
    """Refuse a stay in a week that is banned for the person."""
    for stay in roster.stays:
        if (stay.employee, stay.week) in facts.banned:
            yield Violation("banned", stay.where, f"{stay.employee} must not rotate in week {stay.week}")


def frozen(facts: RotationFacts, roster: Roster) -> Iterator[Violation]:
    """Refuse a new plan that drops, alters or inserts a stay before the frozen week."""
    if facts.previous is None:
        return
    past = {
        (row["employee"], row["week"], row["dept"], row["supervisor"])
        for row in facts.previous
        if row["week"] < facts.frozen_before
    }
    now = {
        (stay.employee, stay.week, stay.department, stay.supervisor)
        for stay in roster.stays
        if stay.week < facts.frozen_before
    }
    for employee, week, *_ in sorted(past ^ now):
        yield Violation("frozen", employee, f"week {week} is past, its rotations stay as they were")


ROTATION_RULES: tuple[RotationRule, ...] = (
    wrong_department,
    unavailable,
    supervisor,
    supervisor_absent,
    gap,
    per_quarter,
    exempt,
    home_floor,
    guest_cap,
    supervisor_load,
    supervisor_busy,
    pin,
    banned,
    frozen,
)
