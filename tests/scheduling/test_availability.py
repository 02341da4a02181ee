from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import weeks
from app.scheduling import availability as a
from app.scheduling.kinds import SLOT

WEEKDAYS = tuple((day, 540, 1020) for day in range(5))
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Asia/Tokyo", "UTC"]
CHANGES = [date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 11, 1)]


@pytest.mark.parametrize(
    ("zone", "on", "first_utc_hour"),
    [
        ("Europe/Berlin", date(2026, 3, 27), 8),
        ("Europe/Berlin", date(2026, 3, 30), 7),
        ("Europe/Berlin", date(2026, 10, 23), 7),
        ("Europe/Berlin", date(2026, 10, 26), 8),
        ("America/New_York", date(2026, 3, 6), 14),
        ("America/New_York", date(2026, 3, 9), 13),
    ],
)
def test_nine_to_five_stays_nine_to_five_across_a_clock_change(zone, on, first_utc_hour):
    slots = sorted(a.working_slots(zone, WEEKDAYS, *weeks.day_span(on, zone)))
    assert len(slots) == 16
    assert slots[0].hour == first_utc_hour


@pytest.mark.parametrize(
    ("on", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 3), 24)]
)
def test_a_day_has_the_hours_it_has(on, hours):
    begin, end = weeks.day_span(on, "Europe/Berlin")
    assert end - begin == timedelta(hours=hours)


def test_who_works_through_the_doubled_hour_works_it_twice():
    night = ((6, 0, 360),)
    slots = a.working_slots("Europe/Berlin", night, *weeks.day_span(date(2026, 10, 25), "Europe/Berlin"))
    assert len(slots) == 14
    spring = a.working_slots("Europe/Berlin", night, *weeks.day_span(date(2026, 3, 29), "Europe/Berlin"))
    assert len(spring) == 10


def test_zones_off_the_half_hour_keep_whole_slots_inside_working_hours():
    slots = sorted(
        a.working_slots("Asia/Kathmandu", WEEKDAYS, *weeks.day_span(date(2026, 6, 3), "Asia/Kathmandu"))
    )
    local = [s.astimezone(ZoneInfo("Asia/Kathmandu")) for s in slots]
    assert (local[0].hour, local[0].minute) == (9, 15)
    assert (local[-1].hour, local[-1].minute) == (16, 15)


def test_intervals_that_touch_are_one_working_time():
    split = ((2, 540, 615), (2, 615, 1020))
    assert a.working_slots("UTC", split, *weeks.day_span(date(2026, 6, 3), "UTC")) == a.working_slots(
        "UTC", ((2, 540, 1020),), *weeks.day_span(date(2026, 6, 3), "UTC")
    )


def test_leave_counts_in_local_days():
    at = datetime(2026, 6, 3, 22, 30, tzinfo=UTC)  # already the 4th in Berlin
    assert a.on_leave(at, ((date(2026, 6, 4), date(2026, 6, 4)),), "Europe/Berlin")
    assert not a.on_leave(at, ((date(2026, 6, 4), date(2026, 6, 4)),), "UTC")


@pytest.mark.parametrize("minutes", [0, -30, 45])
def test_sessions_lie_on_the_grid(minutes):
    with pytest.raises(ValueError, match="grid"):
        a.slots_of(datetime(2026, 6, 3, 9, tzinfo=UTC), minutes)
    with pytest.raises(ValueError, match="grid"):
        a.slots_of(datetime(2026, 6, 3, 9, 10, tzinfo=UTC), 30)


@given(st.sampled_from(ZONES), st.sampled_from(CHANGES), st.integers(-3, 3))
def test_every_working_slot_lies_whole_inside_local_working_hours(zone, change, shift):
    on = change + timedelta(days=shift)
    for slot in a.working_slots(zone, WEEKDAYS, *weeks.day_span(on, zone)):
        first = slot.astimezone(ZoneInfo(zone))
        assert first.date() == on
        assert first.weekday() < 5
        assert 540 <= first.hour * 60 + first.minute <= 990


@given(st.sampled_from(ZONES), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_weeks_are_whole_and_meet_end_to_end(zone, on):
    monday = weeks.monday_of(weeks.midnight(on, zone) + timedelta(hours=3), zone)
    assert monday.weekday() == 0
    assert monday <= on < monday + timedelta(days=7)
    assert weeks.week_span(monday, zone)[1] == weeks.week_span(monday + timedelta(days=7), zone)[0]


@given(st.integers(0, 40_000_000), st.integers(1, 300))
def test_touched_slots_cover_a_span_and_whole_slots_lie_in_it(seconds, minutes):
    starts = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    ends = starts + timedelta(minutes=minutes)
    touched, inside = a.slots_touching(starts, ends), a.slots_between(starts, ends)
    assert touched[0] <= starts and touched[-1] + SLOT >= ends
    assert set(inside) <= set(touched)
    assert all(starts <= slot and slot + SLOT <= ends for slot in inside)


@given(st.sets(st.integers(0, 47)), st.sampled_from([30, 60, 90, 120]))
def test_a_start_is_offered_exactly_where_all_its_slots_are_free(numbers, minutes):
    base = datetime(2026, 6, 3, tzinfo=UTC)
    free = {base + SLOT * n for n in numbers}
    starts = a.starts_within(free, minutes)
    expected = [s for s in sorted(free) if set(a.slots_of(s, minutes)) <= free]
    assert starts == expected
