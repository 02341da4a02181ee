"""The home pages show what matters first, to whom it matters."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from unittest.mock import patch

import pytest
import time_machine

from app import clock
from app.authoring.load import load
from app.authoring.reader import read_library
from app.curriculum import service as curriculum
from app.db import db, transaction
from app.onboarding import queries as onboarding_queries
from app.onboarding import service as onboarding
from app.onboarding.standing import Risk
from app.people.models import Person
from app.roleplays import service as roleplays
from app.weeks import monday_of, week_span
from config import ROOT


@pytest.fixture
def loaded(org):
    library = read_library(ROOT / "tests/authoring/library").library
    with transaction():
        load(library, "digest", clock.now())
        db.session.get_one(Person, org.learner).started_on = clock.now().date() - timedelta(days=15)
        db.session.get_one(Person, org.colleague).started_on = date(2020, 1, 1)
        onboarding.enrol_new_hires(clock.now())


def with_risk(hire, risk):
    return replace(hire, standing=replace(hire.standing, risk=risk))


def test_an_employee_sees_one_next_step_and_the_weeks_budget(loaded, as_):
    page = as_("colleague").get("/")
    assert "Next step Start with listening 5 min" in page.words()
    assert "/modules/calm/start" in page.links()
    assert "0 min of 1 h" in page.words()


def test_what_was_done_counts_against_the_budget_and_the_next_step_moves_on(loaded, as_):
    person = as_("colleague")
    person.post("/modules/calm/start/read")
    words = person.get("/").words()
    assert "5 min of 1 h" in words
    assert "Next step Check yourself" in words


def test_a_quiz_that_was_begun_is_named_with_its_module_and_offered_once(loaded, as_):
    person = as_("colleague")
    person.post("/modules/calm/start/read")
    person.submit(person.get("/quizzes/calm/check"), action="/start")
    page = person.get("/")
    assert "Next step Finish the quiz you began: Check yourself: Calm Go on" in page.words()
    assert page.words().count("Check yourself") == 1
    assert "/quizzes/calm/check" not in page.links()


def test_a_new_hire_sees_their_onboarding(loaded, as_):
    assert "My onboarding" in as_("learner").get("/").words()
    assert "My onboarding" not in as_("colleague").get("/").words()


@pytest.mark.parametrize(
    ("later", "words"),
    [(0, ", due "), (1, ", 1 day overdue"), (13, ", 13 days overdue")],
    ids=["on the day", "the day after", "later"],
)
def test_a_step_of_onboarding_whose_day_is_past_is_called_overdue(loaded, org, as_, later, words):
    [hire] = onboarding_queries.list_new_hires(clock.now(), person_ids=[org.learner])
    step = hire.standing.next_step
    noon = datetime.combine(step.due_on + timedelta(days=later), time(12), UTC)
    with time_machine.travel(noon, tick=False):
        assert f"Next: {step.step.title}{words}" in as_("learner").get("/").words()


def test_a_manager_sees_their_people_and_who_is_late(loaded, as_):
    words = as_("manager").get("/").words()
    assert "Lena Okafor" in words
    assert "overdue" in words
    assert "Hiro" not in words


def test_a_manager_sees_what_waits(loaded, as_, org):
    with transaction():
        roleplays.ask_assessor(org.actor("learner"), org.learner, "calm/practice", org.manager, clock.now())
    assert "Assess a role-play" in as_("manager").get("/").words()
    assert "Assess a role-play" not in as_("other_manager").get("/").words()


def test_a_step_that_waits_for_an_assessor_is_not_the_next_step_and_stands_on_their_home(loaded, as_, org):
    person = as_("colleague")
    for step in ("start", "check"):
        with transaction():
            curriculum.complete_activity(org.colleague, f"calm/{step}", clock.now(), via="lesson")
    assert "/role-plays/calm/practice" in person.get("/").links()
    with transaction():
        roleplays.ask_assessor(org.actor("colleague"), org.colleague, "calm/practice", org.host, clock.now())
    assert "/role-plays/calm/practice" not in person.get("/").links()
    assert "Assess a role-play" in as_("host").get("/").words()


def test_hr_sees_the_whole_company_with_links_to_the_people(loaded, as_):
    page = as_("hr").get("/")
    assert "New hires late 1" in page.words()
    assert any("risk=late" in link for link in page.links())


def test_hr_counts_new_hires_as_the_board_behind_the_number_does(loaded, org, as_):
    done = with_risk(onboarding_queries.list_new_hires(clock.now())[0], Risk.DONE)
    with patch("app.onboarding.queries.list_new_hires", return_value=[done]):
        page = as_("hr").get("/")
    assert "New hires on track 0" in page.words()
    assert any("risk=on_track" in link for link in page.links())


@pytest.mark.parametrize("risk", [Risk.LATE, Risk.AT_RISK])
def test_a_status_has_the_same_mark_on_the_home_page_as_on_the_board(loaded, as_, risk):
    hire = with_risk(onboarding_queries.list_new_hires(clock.now())[0], risk)
    with patch("app.onboarding.queries.list_new_hires", return_value=[hire]):
        pages = [as_("hr").get(path).text for path in ("/", "/onboarding")]
    home, board = (re.findall(r'<span class="badge .*?</span>', page) for page in pages)
    assert len(home) == 1
    assert home[0] in board


@pytest.mark.parametrize(
    ("kind", "view", "title"),
    [
        ("learner", "", "Home"),
        ("learner", "?view=team", "Home"),
        ("learner", "?view=hr", "Home"),
        ("manager", "", "My team"),
        ("manager", "?view=hr", "My team"),
        ("manager", "?view=mine", "Home"),
        ("hr", "", "Whole company"),
        ("hr", "?view=mine", "Home"),
    ],
)
def test_each_kind_of_person_has_their_home_and_no_other(loaded, as_, kind, view, title):
    assert as_(kind).get(f"/{view}").words("h1") == title


@pytest.mark.parametrize("kind", ["colleague", "host", "author", "admin", "other_manager"])
def test_home_opens_for_everyone_even_before_anything_is_loaded(as_, kind):
    assert as_(kind).get("/").status == 200


@pytest.mark.parametrize(("kind", "most"), [("colleague", 45), ("manager", 60), ("hr", 45)])
def test_home_costs_a_bounded_number_of_queries(loaded, as_, queries_of, kind, most):
    client = as_(kind)
    assert queries_of(lambda: client.get("/")) <= most


@pytest.mark.parametrize(
    ("zone", "start", "end"),
    [
        ("Europe/Berlin", datetime(2026, 3, 22, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2026, 3, 23, 7, tzinfo=UTC), datetime(2026, 3, 30, 7, tzinfo=UTC)),
        (
            "Asia/Kolkata",
            datetime(2026, 3, 22, 18, 30, tzinfo=UTC),
            datetime(2026, 3, 29, 18, 30, tzinfo=UTC),
        ),
    ],
)
def test_a_week_begins_on_the_persons_own_monday_across_clock_changes(zone, start, end):
    assert week_span(monday_of(datetime(2026, 3, 25, 12, tzinfo=UTC), zone), zone) == (start, end)
