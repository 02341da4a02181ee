"""Guests of teams, ready tasks of rotations, and the way from the matrix to a booking."""

from dataclasses import replace

import pytest
import time_machine

from app.competency.kinds import EvidenceKind
from app.curriculum import service as curriculum
from app.curriculum.definitions import Activity, ActivityKind, Catalogue, Module
from app.db import db, transaction
from app.scheduling import queries
from app.scheduling.inputs import TaskItem
from tests.competency.support import CALM, FRAMEWORK, LEAD, given, load, record
from tests.scheduling.support import ready
from tests.scheduling.test_rotations import FRIDAY, MONDAY
from tests.support.factories import NOW

NEW = "/rotations/new"
BOOK = "/sessions/new?competency=spot-lead"


@pytest.fixture(autouse=True)
def _at_now(org):
    ready(org)
    with time_machine.travel(NOW, tick=False):
        yield


def test_the_guests_of_a_team_are_set_beside_the_floor(org, as_):
    manager = as_("other_manager")
    page = manager.get("/departments/sales/floors")
    field = f"guests-{org.sales_team}"
    assert manager.submit(page, action="/floors", **{field: "3"}).status == 303
    assert queries.guest_caps([org.sales_team, org.support_team]) == {org.sales_team: 3, org.support_team: 1}
    page = manager.get("/departments/sales/floors")
    assert page.tree.cssselect(f'[name="{field}"]')[0].get("value") == "3"
    assert manager.post("/departments/support/floors", {field: "0"}).status == 404


@pytest.mark.parametrize("typed", ["", "-1", "many", "51", "²"])
def test_an_impossible_number_of_guests_changes_nothing(org, as_, typed):
    manager = as_("other_manager")
    page = manager.get("/departments/sales/floors")
    sent = manager.submit(page, action="/floors", **{f"guests-{org.sales_team}": typed})
    assert sent.status == 422
    assert "enter a number from 0 to 50" in sent.words()
    db.session.rollback()
    assert queries.guest_caps([org.sales_team]) == {org.sales_team: 1}


def load_tasks(*titles):
    tasks = [
        Activity(f"t{n}", ActivityKind.TASK, title, 15, (competency,), mode="assist")
        for n, (title, competency) in enumerate(titles)
    ]
    module = Module("leads", "Spotting leads", "", ("everyone",), (), (), tuple(tasks))
    with transaction():
        curriculum.load_catalogue(Catalogue((module,), ()), NOW)


def propose(client, org, ready_keys, **fields):
    data = {"employee": org.learner, "team": org.sales_team, "supervisor": org.host, **fields}
    days = {"from_on": MONDAY.isoformat(), "until_on": FRIDAY.isoformat()}
    return client.post("/rotations", {**data, **days, "ready": ready_keys})


def test_a_rotation_offers_the_ready_tasks_of_what_the_host_team_owns(org, as_):
    load_tasks(("Log two leads", "spot-lead"), ("Calm two callers", "de-escalation"))
    manager = as_("manager")
    page = manager.get(f"{NEW}?employee={org.learner}&team={org.sales_team}")
    assert "Log two leads" in page.words()
    assert "Calm two callers" not in page.words()
    sent = propose(manager, org, ["leads/t0", "leads/t1"], **{"task-0": "Sit in the pipeline meeting"})
    assert sent.status == 303
    fact = queries.find_rotation(int(sent.location.rsplit("/", 1)[1]))
    assert [TaskItem(t.title, t.competency_id) for t in fact.tasks] == [
        TaskItem("Log two leads", "spot-lead"),
        TaskItem("Sit in the pipeline meeting", None),
    ]


def test_a_rotation_without_or_with_too_many_tasks_is_refused_and_keeps_what_was_ticked(org, as_):
    load_tasks(*((f"Task {n}", "spot-lead") for n in range(9)))
    manager = as_("manager")
    assert "Choose or name at least one task." in propose(manager, org, []).words()
    sent = propose(manager, org, [f"leads/t{n}" for n in range(9)])
    assert sent.status == 422
    assert "Choose at most 8 tasks." in sent.words()
    assert len(sent.tree.cssselect('input[name="ready"][checked]')) == 9


def test_the_matrix_leads_from_observing_to_a_booking(org, as_):
    watched = replace(LEAD, level_1_needs=(EvidenceKind.QUIZ, EvidenceKind.OBSERVE))
    load(replace(FRAMEWORK, competencies=(watched, CALM)), NOW)
    record(given(org.learner, EvidenceKind.QUIZ))
    assert f"{BOOK}&mode=observe" in as_("learner").get("/my/matrix").links()
    links = as_("manager").get(f"/people/{org.learner}/matrix").links()
    assert f"{BOOK}&mode=observe&learner={org.learner}" in links
    assert not any(link.startswith(BOOK) for link in as_("hr").get(f"/people/{org.learner}/matrix").links())


def test_the_matrix_of_a_future_coach_leads_managers_to_a_booking(org, as_):
    assert f"{BOOK}&mode=observe" in as_("other_manager").get(f"/people/{org.host}/matrix").links()
    assert not any(link.startswith(BOOK) for link in as_("host").get("/my/matrix").links())
