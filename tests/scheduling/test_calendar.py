from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
import time_machine
from icalendar import Calendar

from app.db import db, transaction
from app.people.models import Leave, Person
from app.scheduling import queries, service
from app.scheduling.calendar_file import CalendarEntry, write_calendar
from app.scheduling.inputs import SessionMove
from tests.scheduling.support import AT, agreed, floor, propose, ready
from tests.support.factories import NOW, make_person

BERLIN = ZoneInfo("Europe/Berlin")


def entry(starts, ends, **changes):
    values = {
        "uid": "one@tandem",
        "sequence": 0,
        "status": "CONFIRMED",
        "summary": "Shadow 田中",
        "description": "",
        "url": "https://t.example/sessions/1",
        "starts": starts,
        "ends": ends,
        "created_at": NOW,
        "changed_at": NOW,
    }
    return CalendarEntry(**(values | changes))


def read(body):
    return Calendar.from_ical(body)


@pytest.mark.parametrize(
    "day", [date(2026, 3, 27), date(2026, 3, 30), date(2026, 10, 23), date(2026, 10, 26)]
)
def test_a_client_reads_the_local_hour_on_both_sides_of_a_clock_change(day):
    starts = datetime(day.year, day.month, day.day, 10, tzinfo=BERLIN).astimezone(UTC)
    body = write_calendar([entry(starts, starts + timedelta(hours=1))], zone="Europe/Berlin", name="T")
    [found] = recurring_ical_events.of(read(body)).at(day)
    assert found["DTSTART"].dt.astimezone(UTC) == starts
    assert found["DTSTART"].dt.hour == 10
    assert found["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert [str(z["TZID"]) for z in read(body).walk("VTIMEZONE")] == ["Europe/Berlin"]


def test_whole_days_end_on_the_day_after_as_the_format_wants():
    body = write_calendar([entry(date(2026, 6, 15), date(2026, 6, 19))], zone="UTC", name="T")
    [event] = read(body).walk("VEVENT")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2026, 6, 15), date(2026, 6, 20))
    assert len(recurring_ical_events.of(read(body)).at(date(2026, 6, 19))) == 1
    assert len(recurring_ical_events.of(read(body)).at(date(2026, 6, 20))) == 0


def test_lines_are_folded_and_text_is_escaped():
    body = write_calendar([entry(AT, AT, summary="田" * 60 + "; a, b\nc")], zone="UTC", name="T")
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert str(read(body).walk("VEVENT")[0]["SUMMARY"]) == "田" * 60 + "; a, b\nc"


@pytest.fixture
def at_now(org):
    ready(org)
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def address(org, as_, at_now):
    learner = as_("learner")
    learner.submit(learner.get("/calendar"), action="/calendar")
    page = learner.get("/calendar")
    shown = page.tree.cssselect("#address")[0].get("value")
    assert not learner.get("/calendar").tree.cssselect("#address")
    return "/calendar/" + shown.rsplit("/", 1)[1]


def event_of(as_, address):
    [event] = read(as_("nobody").get(address).response.get_data()).walk("VEVENT")
    return event


def test_a_calendar_follows_a_session_through_move_and_cancellation(org, as_, address):
    session_id = propose(org)
    proposed = event_of(as_, address)
    assert (proposed["STATUS"], proposed["DTSTART"].dt.hour) == ("TENTATIVE", 10)
    fact = queries.find_session(session_id)
    with transaction():
        change = SessionMove(AT + timedelta(days=1), 60, "Ill", fact.version)
        service.move(org.actor("learner"), session_id, change, NOW + timedelta(hours=1))
    moved = event_of(as_, address)
    with transaction():
        service.cancel(org.actor("learner"), session_id, "x", NOW + timedelta(hours=2))
    gone = event_of(as_, address)
    assert len({str(e["UID"]) for e in (proposed, moved, gone)}) == 1
    assert proposed["SEQUENCE"] < moved["SEQUENCE"] < gone["SEQUENCE"]
    assert proposed["LAST-MODIFIED"].dt < moved["LAST-MODIFIED"].dt < gone["LAST-MODIFIED"].dt
    assert moved["DTSTART"].dt.day == 5
    assert gone["STATUS"] == "CANCELLED"


def test_the_feed_is_in_the_zone_of_its_person(org, as_, address):
    agreed(org)
    with transaction():
        db.session.get(Person, org.learner).time_zone = "America/New_York"
    event = event_of(as_, address)
    assert (event["DTSTART"].dt.hour, event["DTSTART"].params["TZID"]) == (4, "America/New_York")


def test_a_closed_or_invented_address_opens_nothing(org, as_, address):
    learner = as_("learner")
    assert as_("nobody").get(address).status == 200
    learner.submit(learner.get("/calendar"), action="/revoke")
    assert as_("nobody").get(address).status == 404
    assert as_("nobody").get("/calendar/invented.ics").status == 404


def test_nobody_closes_another_persons_address(org, as_, address):
    [feed] = queries.feeds_of(org.learner)
    assert as_("colleague").post(f"/calendar/{feed.feed_id}/revoke").status == 404
    assert as_("nobody").post(f"/calendar/{feed.feed_id}/revoke").status == 401
    assert queries.feeds_of(org.learner) == [feed]
    assert as_("learner").post(f"/calendar/{feed.feed_id}/revoke").status == 303
    assert as_("learner").post(f"/calendar/{feed.feed_id}/revoke").status == 303


def test_a_deactivated_person_has_no_feed(org, as_, address):
    with transaction():
        db.session.get(Person, org.learner).deactivated_at = NOW
    assert as_("nobody").get(address).status == 404


@pytest.mark.parametrize("path", ["/calendar", "/teams/1/schedule", "/departments/support/floors"])
def test_nobody_is_sent_to_sign_in(as_, path):
    assert as_("nobody").get(path).status == 303


# Teams and floors


def test_a_team_week_counts_duty_leave_and_sessions(org, at_now):
    floor("support", 2)
    agreed(org)
    with transaction():
        db.session.add(Leave(person_id=org.colleague, from_on=AT.date(), until_on=AT.date()))
    week = queries.team_week(org.support_team, date(2026, 6, 1), "Europe/Berlin")
    thursday = week.days[3]
    duty = {slot.astimezone(BERLIN).strftime("%H:%M"): (d.on_duty, d.floor) for slot, d in thursday.slots}
    assert duty["09:30"] == (2, 2)
    assert duty["10:00"] == (1, 2)
    assert duty["11:00"] == (2, 2)
    assert {(a.person_id, a.why) for a in thursday.away} == {
        (org.colleague, "leave"),
        (org.learner, "session"),
    }
    assert thursday.short


def test_days_away_for_one_reason_are_one_row(org, at_now):
    with transaction():
        db.session.add(Leave(person_id=org.learner, from_on=date(2026, 5, 28), until_on=date(2026, 6, 3)))
        db.session.add(Leave(person_id=org.learner, from_on=date(2026, 6, 5), until_on=date(2026, 6, 9)))
    ahead = queries.team_ahead(org.support_team, date(2026, 6, 2), "Europe/Berlin")
    assert ahead is not None
    rows = [(each.first.day, each.last.day, each.away.why) for each in ahead.absences]
    assert rows == [(2, 3, "leave"), (5, 7, "leave")]


def test_a_host_stays_on_duty_while_shadowed(org, at_now):
    agreed(org)
    week = queries.team_week(org.sales_team, date(2026, 6, 1), "Europe/Berlin")
    assert {d.on_duty for _slot, d in week.days[3].slots} == {3}


@pytest.mark.parametrize(
    ("case", "status"),
    [
        ("learner support_team", 200),
        ("manager support_team", 200),
        ("hr sales_team", 200),
        ("learner sales_team", 404),
        ("manager sales_team", 404),
        ("author sales_team", 404),
    ],
)
def test_who_sees_a_team_week(org, as_, at_now, case, status):
    kind, team = case.split()
    agreed(org)
    page = as_(kind).get(f"/teams/{getattr(org, team)}/schedule?week=2026-06-04")
    assert page.status == status
    if status == 200 and team == "support_team":
        assert "Lena Okafor in a session, 10:00–11:00" in page.words()


def test_the_team_page_needs_no_more_queries_for_more_people(org, as_, at_now, queries_of):
    manager, address = as_("manager"), f"/teams/{org.support_team}/schedule"
    few = queries_of(lambda: manager.get(address))
    with transaction():
        for _n in range(20):
            make_person(team_id=org.support_team, manager_id=org.manager)
    assert queries_of(lambda: manager.get(address)) == few


@pytest.mark.parametrize(
    ("kind", "status"),
    [("manager", 200), ("hr", 200), ("learner", 404), ("other_manager", 404), ("admin", 404)],
)
def test_who_sets_floors(org, as_, at_now, kind, status):
    client = as_(kind)
    assert client.get("/departments/support/floors").status == status
    data = {"time_zone": "Europe/Berlin", "days-0": "0-4", "starts-0": "09:00", "ends-0": "17:00", "minimum-0": "2"}  # fmt: skip
    assert client.post("/departments/support/floors", data).status == (303 if status == 200 else 404)
    assert len(queries.floor_rows("support")) == (5 if status == 200 else 0)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"starts-0": "17:00", "ends-0": "09:00", "minimum-0": "2"}, "the end comes after the beginning"),
        ({"starts-0": "9", "ends-0": "17:00", "minimum-0": "2"}, "write times as 09:00"),
        ({"starts-0": "09:00", "ends-0": "25:00", "minimum-0": "2"}, "write times as 09:00"),
        ({"starts-0": "09:00", "ends-0": "17:00", "minimum-0": "0"}, "say how many must be on duty"),
        ({"starts-0": "09:00", "ends-0": "17:00", "minimum-0": "2", "days-0": "9"}, "choose the days"),
    ],
)
def test_wrong_floors_are_said_line_by_line_and_kept(org, as_, at_now, line, words):
    manager = as_("manager")
    page = manager.get("/departments/support/floors")
    refused = manager.post(
        "/departments/support/floors", {"time_zone": "Europe/Berlin", "days-0": "0-4"} | line
    )
    assert page.status == 200 and refused.status == 422
    assert f"Line 1: {words}" in refused.words()
    assert queries.floor_rows("support") == []


def test_a_floor_until_midnight_and_clearing_lines(org, as_, at_now):
    manager = as_("manager")
    data = {"time_zone": "Europe/Berlin", "days-0": "6", "starts-0": "18:00", "ends-0": "00:00", "minimum-0": "1"}  # fmt: skip
    manager.post("/departments/support/floors", data)
    [row] = queries.floor_rows("support")
    assert (row.weekday, row.ends_minute) == (6, 1440)
    manager.submit(
        manager.get("/departments/support/floors"), **{"starts-0": "", "ends-0": "", "minimum-0": ""}
    )
    assert queries.floor_rows("support") == []


def test_what_waits_is_gathered_for_each_person(org, at_now):
    session_id = propose(org, "learner")
    for kind, what in (("host", "answer"), ("manager", "consent")):
        [item] = queries.waiting_for(org.actor(kind), NOW)
        assert (item.what, item.session.session_id) == (what, session_id)
    assert queries.waiting_for(org.actor("learner"), NOW) == []
    assert [s.session_id for s in queries.upcoming_for(org.learner, NOW, 3)] == [session_id]
