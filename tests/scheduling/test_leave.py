from datetime import timedelta

import pytest
import time_machine

from app import jobs as scheduled
from app.db import db
from app.notifications.queries import inbox
from app.scheduling import queries
from app.scheduling.kinds import State
from tests.scheduling.support import AT, agreed, on_leave, ready
from tests.support.factories import NOW


@pytest.fixture(autouse=True)
def _ready(org):
    ready(org)
    with time_machine.travel(NOW, tick=False):
        yield


def run(now=NOW):
    scheduled.run_due(now)
    db.session.rollback()


def told(person_id):
    return [item.subject for item in inbox(person_id) if "away then" in item.subject]


def test_leave_over_a_session_that_stands_is_told_to_everybody_concerned_once(org):
    session_id = agreed(org)
    on_leave(org.host)
    run()
    run(NOW + timedelta(minutes=5))
    what = "Shadowing: Spot a lead"
    assert told(org.host) == [f"You are away then: {what}"]
    assert told(org.learner) == told(org.manager) == [f"Hiro 田中 is away then: {what}"]
    assert queries.find_session(session_id).state == State.ACCEPTED, "people decide, not the job"


def test_leave_of_both_is_told_as_such(org):
    agreed(org)
    on_leave(org.host)
    on_leave(org.learner)
    run()
    assert told(org.learner) == ["Both are away then: Shadowing: Spot a lead"]


@pytest.mark.parametrize("days", [-1, 1])
def test_leave_on_another_day_is_told_to_nobody(org, days):
    agreed(org)
    on_leave(org.host, AT + timedelta(days=days))
    run()
    assert told(org.learner) == told(org.host) == []


def test_the_page_of_the_session_says_who_is_away_and_what_to_do(org, as_):
    page = f"/sessions/{agreed(org)}"
    assert "away then" not in as_("learner").get(page).words()
    on_leave(org.host)
    words = as_("learner").get(page).words()
    assert "Hiro 田中 is away thenLeave was entered for that day. Move the session" in words
    with time_machine.travel(AT + timedelta(hours=3), tick=False):
        assert "away then" not in as_("learner").get(page).words(), "what is over can no longer be moved"
