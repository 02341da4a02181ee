from datetime import timedelta
from functools import partial

import pytest

from app.scheduling.queries_mine import my_week
from tests.scheduling.support import AT, accept, propose, ready
from tests.support.factories import NOW

DAY = timedelta(days=1)


@pytest.fixture
def session_id(org):
    ready(org)
    return propose(org, "learner")


def ids(sessions):
    return [each.session_id for each in sessions]


this_week = partial(my_week, start=AT - DAY, end=AT + DAY, upcoming=3)


def test_my_week_has_what_comes_and_what_is_asked(org, session_id):
    learner, host, manager, other = (
        this_week(each, NOW) for each in (org.learner, org.host, org.manager, org.colleague)
    )
    assert ids(learner.upcoming) == [session_id] == ids(host.upcoming)
    assert (ids(learner.invitations), ids(host.invitations)) == ([], [session_id])
    assert (ids(manager.upcoming), ids(manager.invitations)) == ([], [session_id])
    assert (other.upcoming, other.invitations, other.to_debrief) == ([], [], [])
    assert ids(my_week(org.learner, NOW, AT, AT + DAY, upcoming=0).upcoming) == []


def test_my_week_counts_minutes_as_a_learner_within_the_week_only(org, session_id):
    assert (this_week(org.learner, NOW).booked_minutes, this_week(org.learner, NOW).past_minutes) == (60, 0)
    assert this_week(org.learner, AT + timedelta(minutes=1)).past_minutes == 60
    assert this_week(org.host, NOW).booked_minutes == 0
    for start in (AT + timedelta(minutes=1), AT - 7 * DAY):
        assert my_week(org.learner, NOW, start, start + DAY, upcoming=3).booked_minutes == 0


def test_my_week_asks_for_a_debrief_of_what_was_agreed_and_is_over(org, session_id):
    after = AT + timedelta(hours=3)
    assert this_week(org.learner, after).to_debrief == []
    accept(org, session_id, "host", "manager")
    assert ids(this_week(org.learner, NOW).to_debrief) == []
    assert ids(this_week(org.learner, after).to_debrief) == [session_id]
    assert ids(this_week(org.host, after).to_debrief) == [session_id]
    assert this_week(org.learner, after).upcoming == [] == this_week(org.manager, after).to_debrief
