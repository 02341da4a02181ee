from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scheduling.availability import slots_of
from app.scheduling.kinds import SLOT, Mode, SessionKind
from app.scheduling.offers import Candidate, offers_for
from app.scheduling.rotation_rules import HostTeam, WantedRotation, judge_rotation
from app.scheduling.rules import Booked, Diary, Focus, Match, Pairing, Wanted, judge, minutes_in_week
from app.scheduling.staffing import Duty, Floor, Staff, duty_by_slot, floor_at
from app.weeks import week_span

NOW = datetime(2026, 6, 3, 6, tzinfo=UTC)
AT = datetime(2026, 6, 4, 13, tzinfo=UTC)  # 15:00 in Berlin, 9:00 in New York
HOURS = tuple((day, 540, 1020) for day in range(5))
LEARNER = Diary(1, "Europe/Berlin", "support", HOURS)
HOST = Diary(2, "America/New_York", "sales", HOURS)
FOCUS = Focus("spot-lead", "sales")
WANTED = Wanted(SessionKind.SHADOWING, AT, 60, Mode.OBSERVE)


def codes(wanted=WANTED, learner=LEARNER, host=HOST, *, level=3, focus=FOCUS, pairing=None, duty=None):
    match = Match(learner, host, level, focus, pairing or Pairing())
    return [(r.rule, r.code) for r in judge(wanted, match, duty or {}, NOW)]


def booked(starts, minutes=60, hosting=False):
    return Booked(9, starts, minutes, hosting)


def test_two_people_in_two_zones_meet_where_both_work():
    assert codes() == []
    assert codes(replace(WANTED, starts_at=AT - SLOT)) == [(1, "outside_hours")]
    assert codes(replace(WANTED, starts_at=AT + timedelta(hours=2))) == [(1, "outside_hours")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"level": 2}, [(2, "host_level")]),
        ({"host": replace(HOST, department="support")}, [(2, "host_department")]),
        ({"host": replace(HOST, department="support"), "focus": replace(FOCUS, owner=None)}, []),
        ({"host": replace(HOST, active=False)}, [(2, "host_left")]),
        ({"host": replace(HOST, person_id=1)}, [(2, "own_host")]),
        ({"learner": replace(LEARNER, leave=((AT.date(), AT.date()),))}, [(1, "on_leave")]),
        ({"learner": replace(LEARNER, taken=frozenset({AT + SLOT}))}, [(1, "booked")]),
        ({"host": replace(HOST, busy=frozenset({AT}))}, [(1, "busy")]),
        ({"focus": replace(FOCUS, prerequisites=(("basics", 0),))}, [(5, "prerequisite")]),
        ({"focus": replace(FOCUS, prerequisites=(("basics", 1),))}, []),
        ({"pairing": Pairing(banned=frozenset({2}))}, [(7, "not_available")]),
        ({"pairing": Pairing(pinned=frozenset({5}))}, [(7, "pinned_elsewhere")]),
        ({"pairing": Pairing(pinned=frozenset({2}))}, []),
        ({"duty": {AT: Duty(3, 3), AT + SLOT: Duty(4, 3)}}, [(3, "floor")]),
        ({"duty": {AT: Duty(4, 3), AT + SLOT: Duty(4, 3)}}, []),
        ({"duty": {AT: Duty(1, 0)}}, []),
        ({"learner": replace(LEARNER, sessions=(booked(AT - timedelta(days=1), 30),))}, [(4, "learner_budget")]),
        ({"learner": replace(LEARNER, sessions=(booked(AT - timedelta(days=7)),))}, []),
        ({"learner": replace(LEARNER, learned=((AT - timedelta(days=1), 10),))}, [(4, "learner_budget")]),
        ({"learner": replace(LEARNER, learned=((AT - timedelta(days=7), 60),))}, []),
        ({"host": replace(HOST, learned=((AT - timedelta(days=1), 120),))}, []),
        ({"host": replace(HOST, sessions=(booked(AT - timedelta(days=1), 90, True),))}, [(4, "host_load")]),
        ({"host": replace(HOST, sessions=(booked(AT + timedelta(hours=1), 30, True),))}, [(6, "pause")]),
        ({"host": replace(HOST, sessions=(booked(AT + timedelta(minutes=90), 30, True),))}, [(6, "second_today")]),
    ],
)  # fmt: skip
def test_each_rule_refuses_what_it_is_there_for(changes, expected):
    assert codes(**changes) == expected


@pytest.mark.parametrize(
    ("mode", "before", "expected"),
    [
        (Mode.OBSERVE, (), []),
        (Mode.ASSIST, (), [(5, "observe_first")]),
        (Mode.ASSIST, (Mode.OBSERVE,), []),
        (Mode.REVERSE_SHADOW, (Mode.OBSERVE,), [(5, "assist_first")]),
        (Mode.REVERSE_SHADOW, (Mode.OBSERVE, Mode.ASSIST), []),
    ],
)
def test_observing_comes_before_assisting_before_leading(mode, before, expected):
    focus = replace(FOCUS, modes_held=frozenset(before))
    assert codes(replace(WANTED, mode=mode), focus=focus) == expected


def test_who_wishes_a_second_session_that_day_may_have_it():
    earlier = booked(AT - timedelta(hours=4), 30)
    learner = replace(LEARNER, sessions=(earlier,), budget_minutes=300)
    assert codes(learner=learner) == [(6, "second_today")]
    assert codes(replace(WANTED, wished_by=frozenset({1})), learner=learner) == []


def test_a_session_of_a_length_nobody_offers_is_a_mistake():
    with pytest.raises(ValueError, match="minutes"):
        codes(replace(WANTED, minutes=45))


def test_the_week_of_a_budget_is_the_persons_own():
    sunday_night = datetime(2026, 6, 7, 23, 30, tzinfo=UTC)  # Monday in Berlin, Sunday in New York
    sessions = (booked(sunday_night, 30),)
    monday = datetime(2026, 6, 8, 13, tzinfo=UTC)
    assert minutes_in_week(replace(LEARNER, sessions=sessions), monday, hosting=False) == 30
    assert minutes_in_week(replace(HOST, sessions=sessions), monday, hosting=False) == 0


def test_floors_apply_in_the_departments_zone_and_the_highest_wins():
    floors = [Floor(3, 900, 960, 2, "Europe/Berlin"), Floor(3, 930, 1020, 4, "Europe/Berlin")]
    assert [floor_at(AT + SLOT * n, floors) for n in range(-1, 5)] == [0, 2, 4, 4, 4, 0]


def test_duty_counts_who_works_and_is_not_away():
    staff = [
        Staff("Europe/Berlin", HOURS),
        Staff("Europe/Berlin", HOURS, leave=((AT.date(), AT.date()),)),
        Staff("Europe/Berlin", HOURS, off=frozenset({AT})),
        Staff("America/New_York", HOURS),
        Staff("Europe/Berlin", HOURS, people=10),
    ]
    duty = duty_by_slot(staff, [], [AT - SLOT, AT, AT + SLOT])
    assert [duty[AT + SLOT * n].on_duty for n in (-1, 0, 1)] == [12, 12, 13]
    assert duty_by_slot(staff, [], []) == {}


def offer(learner=LEARNER, candidates=((HOST, 3),), **changes):
    values = {
        "kind": SessionKind.SHADOWING,
        "mode": Mode.OBSERVE,
        "minutes": 60,
        "focus": FOCUS,
        "pairing": Pairing(),
        "duty": {},
        "span": week_span(date(2026, 6, 1), "Europe/Berlin"),
        "now": NOW,
        "may_override": False,
    }
    return offers_for(learner, [Candidate(d, level) for d, level in candidates], **(values | changes))


def test_offers_are_the_hours_both_work_from_now_on():
    [host] = offer().hosts
    assert [s.starts_at for s in host.starts if s.starts_at.date() == AT.date()] == [
        AT,
        AT + SLOT,
        AT + 2 * SLOT,
    ]
    assert min(s.starts_at for s in host.starts) > NOW


def test_everybody_considered_is_offered_or_gets_a_reason():
    away = replace(HOST, person_id=3, leave=((date(2026, 6, 1), date(2026, 6, 7)),))
    found = offer(candidates=((HOST, 3), (away, 3), (replace(HOST, person_id=4), 2)))
    assert [h.person_id for h in found.hosts] == [2]
    assert {o.person_id: [r.code for r in o.reasons] for o in found.others} == {
        3: ["no_common_time"],
        4: ["host_level"],
    }


def test_times_beyond_a_limit_are_for_those_who_may_give_a_reason():
    spent = replace(LEARNER, sessions=(booked(datetime(2026, 6, 1, 8, tzinfo=UTC)),))
    refused = offer(learner=spent)
    assert [r.code for r in refused.others[0].reasons] == ["learner_budget"]
    [host] = offer(learner=spent, may_override=True).hosts
    assert all(s.needs_reason for s in host.starts)


@given(
    st.sets(st.integers(0, 335), max_size=60),
    st.sets(st.integers(0, 335), max_size=60),
    st.sampled_from([30, 60, 90, 120]),
    st.sampled_from([date(2026, 3, 23), date(2026, 10, 19), date(2026, 11, 2), date(2026, 6, 1)]),
)
def test_what_is_offered_is_never_refused(mine, theirs, minutes, monday):
    span = week_span(monday, "Europe/Berlin")
    learner = replace(LEARNER, taken=frozenset(span[0] + SLOT * n for n in mine), budget_minutes=600)
    host = replace(
        HOST, zone="Europe/Lisbon", busy=frozenset(span[0] + SLOT * n for n in theirs), hosting_minutes=600
    )
    before = span[0] - timedelta(hours=1)
    found = offer(learner, ((host, 3),), minutes=minutes, span=span, now=before)
    for offered in found.hosts:
        for start in offered.starts:
            wanted = Wanted(SessionKind.SHADOWING, start.starts_at, minutes, Mode.OBSERVE)
            assert judge(wanted, Match(learner, host, 3, FOCUS), {}, before) == ()
            assert not learner.taken.intersection(slots_of(start.starts_at, minutes))


ROTATION = WantedRotation(date(2026, 6, 15), date(2026, 6, 19), 10, 20)
SUPERVISOR = replace(HOST, person_id=2, zone="Europe/Berlin")
TEAM = HostTeam(1, (), frozenset({2}))


def rotation_codes(
    wanted=ROTATION, employee=LEARNER, supervisor=SUPERVISOR, *, team=TEAM, others=(), duty=None
):
    found = judge_rotation(
        wanted,
        employee,
        supervisor,
        host_team=team,
        other_rotations=others,
        duty=duty or {},
        today=NOW.date(),
    )
    return [r.code for r in found]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"team": replace(TEAM, guests=((date(2026, 6, 19), date(2026, 6, 26)),))}, ["guest_cap"]),
        ({"team": replace(TEAM, guests=((date(2026, 6, 20), date(2026, 6, 26)),))}, []),
        ({"team": replace(TEAM, guest_cap=0)}, ["guest_cap"]),
        ({"others": ((date(2026, 4, 13), date(2026, 4, 20)),)}, ["gap"]),
        ({"others": ((date(2026, 4, 13), date(2026, 4, 17)),)}, []),
        ({"supervisor": replace(SUPERVISOR, hours=HOURS[:4])}, ["supervisor_absent"]),
        ({"supervisor": replace(SUPERVISOR, active=False)}, ["not_supervisor"]),
        ({"wanted": replace(ROTATION, host_team_id=10)}, ["own_team"]),
        ({"duty": {datetime(2026, 6, 17, 8, tzinfo=UTC): Duty(3, 3)}}, ["home_floor"]),
        ({"employee": replace(LEARNER, taken=frozenset({datetime(2026, 6, 17, 8, tzinfo=UTC)}))}, ["booked"]),
    ],
)
def test_each_rule_of_a_rotation(changes, expected):
    assert rotation_codes(**changes) == expected


def test_days_in_the_wrong_order_are_a_mistake():
    with pytest.raises(ValueError, match="ends"):
        rotation_codes(replace(ROTATION, until_on=date(2026, 6, 1)))
