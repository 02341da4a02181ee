from datetime import timedelta

import pytest
import time_machine

from app.db import transaction
from app.scheduling import queries, service
from app.scheduling.kinds import Mode, State
from tests.scheduling.support import AT, accept, after, agreed, ban, held, propose, ready
from tests.support.factories import NOW


@pytest.fixture(autouse=True)
def _at_now(org):
    ready(org)
    with time_machine.travel(NOW, tick=False):
        yield


NEW = "/sessions/new?competency=spot-lead&mode=observe&minutes=60&week=2026-06-01"


def test_the_offer_names_hosts_and_says_why_others_are_not_offered(org, as_):
    ban(org, org.learner, org.other)
    page = as_("learner").get(NEW)
    assert "Hiro 田中" in page.words()
    assert "Otto Brandt Holds level 0; a host needs level 3." in page.words()
    assert "Olga Petrova Holds level 0; a host needs level 3. Not available." in page.words()


def test_what_is_missing_before_a_mode_is_said(org, as_):
    page = as_("learner").get(NEW.replace("observe", "assist"))
    assert page.words().count("observes in a session first") == 1
    assert "Lena Okafor: observes in a session first, then assists or leads. See how Then" in page.words()
    assert "Hiro" not in page.words(), "nothing is wrong with the host"
    assert page.words().endswith("Otto Brandt Holds level 0; a host needs level 3.")
    there = next(a for a in page.tree.iter("a") if a.text == "See how").get("href")
    assert "mode=observe" in there
    assert "Hiro 田中" in as_("learner").get(there).words()


def test_what_the_learner_lacks_is_said_for_a_chosen_host_too(org, as_):
    page = as_("learner").get(NEW.replace("observe", "assist") + f"&host={org.host}")
    assert "Lena Okafor: observes in a session first" in page.words()


def test_the_whole_way_from_proposal_to_evidence(org, as_):
    manager, learner, host = as_("manager"), as_("learner"), as_("host")
    page = manager.get(f"{NEW}&learner={org.learner}&host={org.host}")
    start = AT.strftime("%Y-%m-%dT%H:%M+00:00")
    assert "Thu 4 Jun" in page.words()
    sent = manager.submit(page, action="/sessions", start=start, note="The renewal desk")
    address = sent.location
    assert learner.get("/schedule").words().count("Shadow Hiro 田中")
    for client in (learner, host):
        page = client.get(address)
        assert client.submit(page, action="/accept").location == address
    assert "Agreed" in host.get(address).words()
    session_id = int(address.rsplit("/", 1)[1])
    with time_machine.travel(after(session_id), tick=False):
        manager, learner, host = as_("manager"), as_("learner"), as_("host")
        assert "Debrief" in learner.get("/schedule").words()
        page = learner.get(address)
        words = {"saw": "Calls about seats", "learned": "Ask one question", "next_step": "Assist"}
        learner.submit(page, action="/debrief", rating="5", **words)
        assert "Calls about seats" not in host.get(address).words()
        host.submit(host.get(address), action="/debrief", **(words | {"saw": "Quick learner"}))
        assert "Quick learner" in learner.get(address).words()
        assert "Quick learner" not in manager.get(address).words()


def test_a_time_that_is_gone_is_refused_with_the_reason_and_what_was_entered(org, as_):
    manager = as_("manager")
    page = manager.get(f"{NEW}&learner={org.learner}&host={org.host}")
    propose(org, learner_id=org.colleague)
    start = AT.strftime("%Y-%m-%dT%H:%M+00:00")
    refused = manager.submit(page, action="/sessions", start=start, note="Keep me")
    assert refused.status == 409
    assert "Hiro 田中: has something else booked then." in refused.words()
    assert "Keep me" in refused.text


def test_a_fault_of_the_program_does_not_pass_for_a_missing_page(org, as_, monkeypatch):
    def fault(*_args):
        raise KeyError("a slip")

    manager = as_("manager")
    page = manager.get(f"{NEW}&learner={org.learner}&host={org.host}")
    monkeypatch.setattr(service, "propose_session", fault)
    with pytest.raises(KeyError):
        manager.submit(page, action="/sessions", start=AT.strftime("%Y-%m-%dT%H:%M+00:00"))


def test_a_form_without_a_time_says_so(org, as_):
    learner = as_("learner")
    page = learner.get(f"{NEW}&host={org.host}")
    refused = learner.submit(page, action="/sessions", note="Keep me")
    assert refused.status == 422
    assert "Choose a time." in refused.words()


def test_the_reader_sees_times_in_the_own_zone(org, as_):
    session_id = agreed(org)
    assert "10:00–11:00 CEST" in as_("learner").get(f"/sessions/{session_id}").words()


def test_moving_asks_the_others_again(org, as_):
    session_id = agreed(org)
    host = as_("host")
    page = host.get(f"/sessions/{session_id}/move")
    start = (AT + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M+00:00")
    host.submit(page, action="/move", start=start, reason="A call came in")
    fact = queries.find_session(session_id)
    assert (fact.state, fact.starts_at) == (State.PROPOSED, AT + timedelta(hours=3))
    assert "A call came in" in as_("learner").get(f"/sessions/{session_id}").words()


@pytest.mark.parametrize("verb", ["decline", "cancel"])
def test_saying_no_needs_a_reason(org, as_, verb):
    session_id = propose(org)
    learner = as_("learner")
    page = learner.get(f"/sessions/{session_id}")
    refused = learner.submit(page, action=f"/{verb}")
    assert refused.status == 422
    assert "Give a reason" in refused.words()
    fields = {f"{verb}-reason": "Exam week"}
    learner.submit(refused, action=f"/{verb}", **fields)
    assert "Exam week" in as_("host").get(f"/sessions/{session_id}").words()


def test_signing_off_on_the_page(org, as_):
    held(org)
    session_id = agreed(org, mode=Mode.ASSIST, starts_at=AT + timedelta(days=7), now=NOW + timedelta(days=2))
    with time_machine.travel(after(session_id), tick=False):
        host = as_("host")
        host.submit(
            host.get(f"/sessions/{session_id}"),
            action="/sign-off",
            **{"sign-verdict": "yes", "sign-note": "Kept calm"},
        )
        assert "Kept calm" in as_("learner").get(f"/sessions/{session_id}").words()


def test_a_missed_session_is_noted(org, as_):
    session_id = agreed(org)
    with time_machine.travel(after(session_id), tick=False):
        host = as_("host")
        page = host.get(f"/sessions/{session_id}")
        host.submit(page, action="/missed", **{"missed-reason": "Fire drill"})
    assert queries.find_session(session_id).state == State.CANCELLED


@pytest.mark.parametrize("kind", ["colleague", "other", "author", "admin"])
@pytest.mark.parametrize("verb", ["", "/move"])
def test_others_do_not_learn_that_a_session_exists(org, as_, kind, verb):
    assert as_(kind).get(f"/sessions/{propose(org)}{verb}").status == 404


POSTS = ["accept", "decline", "cancel", "move", "debrief", "sign-off", "missed"]


@pytest.mark.parametrize("verb", POSTS)
def test_others_cannot_change_it_and_nobody_is_asked_to_sign_in(org, as_, verb):
    session_id = propose(org)
    data = {"sequence": "0", "reason": "x", "decline-reason": "x", "cancel-reason": "x", "missed-reason": "x"}
    assert as_("colleague").post(f"/sessions/{session_id}/{verb}", data).status == 404
    assert as_("nobody").post(f"/sessions/{session_id}/{verb}", data).status == 401
    assert as_("hr").post(f"/sessions/{session_id}/{verb}", data).status == 403
    assert queries.find_session(session_id).state == State.PROPOSED


@pytest.mark.parametrize("path", ["/schedule", "/sessions/new", "/sessions/1", "/sessions/1/move"])
def test_nobody_is_sent_to_sign_in(as_, path):
    page = as_("nobody").get(path)
    assert (page.status, page.location.startswith("/sign-in")) == (303, True)


def test_nobody_books_for_people_outside_their_line(org, as_):
    assert as_("other_manager").get(f"{NEW}&learner={org.learner}").status == 404
    data = {"learner": org.learner, "host": org.host, "kind": "shadowing", "competency": "spot-lead",
            "mode": "observe", "minutes": 60, "start": "2026-06-04T08:00+00:00"}  # fmt: skip
    assert as_("other_manager").post("/sessions", data).status == 404


def test_hr_reads_a_session_but_not_the_debriefs(org, as_):
    session_id = held(org)
    page = as_("hr").get(f"/sessions/{session_id}")
    assert page.status == 200
    assert "A call about seats" not in page.words()


@pytest.mark.parametrize("view", ["", "?view=list", "?week=2026-05-28", "?week=nonsense"])
def test_the_schedule_shows_a_week_as_grid_or_list(org, as_, view):
    agreed(org)
    assert as_("learner").get(f"/schedule{view}").status == 200


def test_a_declined_invitation_leaves_the_schedule(org, as_):
    session_id = propose(org)
    assert "Waiting for your answer" in as_("learner").get("/schedule").words()
    with transaction():
        service.decline(org.actor("host"), session_id, "x", NOW)
    assert "Waiting for your answer" not in as_("learner").get("/schedule").words()


def test_an_accept_from_an_old_page_is_not_taken(org, as_):
    session_id = propose(org)
    learner = as_("learner")
    old = learner.get(f"/sessions/{session_id}")
    host = as_("host")
    page = host.get(f"/sessions/{session_id}/move")
    start = (AT + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M+00:00")
    host.submit(page, action="/move", start=start, reason="Later")
    learner.submit(old, action="/accept")
    assert "changed while you were looking" in learner.get(f"/sessions/{session_id}").text
    accept(org, session_id, "learner")
    assert queries.find_session(session_id).state == State.ACCEPTED


@pytest.mark.parametrize("start", ["2026-06-04T08:10+00:00", "2026-06-04T08:00", "tomorrow"])
def test_a_time_off_the_grid_is_not_taken(org, as_, start):
    learner = as_("learner")
    page = learner.get(f"{NEW}&host={org.host}")
    data = dict(page.tree.forms[-1].form_values())
    refused = learner.post("/sessions", data | {"start": start})
    assert refused.status == 422
    assert "Choose one of the times offered." in refused.words()


def test_times_beyond_a_limit_are_offered_to_managers_only(org, as_):
    propose(org)
    week = f"{NEW}&host={org.host}&learner={org.learner}"
    assert "Times beyond a limit" in as_("manager").get(week).words()
    assert "No time is free for both this week" in as_("learner").get(week).words()


def test_a_manager_gives_a_reason_to_go_beyond_a_limit(org, as_):
    propose(org)
    manager = as_("manager")
    page = manager.get(f"{NEW}&host={org.host}&learner={org.learner}")
    start = (AT + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M+00:00")
    assert manager.submit(page, action="/sessions", start=start).status == 409
    sent = manager.submit(page, action="/sessions", start=start, override_reason="New hire, first week")
    assert "New hire, first week" in manager.get(sent.location).words()


def test_a_touchpoint_needs_no_competency(org, as_):
    learner = as_("learner")
    page = learner.get(f"/sessions/new?kind=touchpoint&team={org.sales_team}&week=2026-06-01")
    assert "Olga Petrova" in page.words()
    page = learner.get(
        f"/sessions/new?kind=touchpoint&team={org.sales_team}&week=2026-06-01&host={org.other}"
    )
    sent = learner.submit(page, action="/sessions", start=AT.strftime("%Y-%m-%dT%H:%M+00:00"))
    assert "Touchpoint with Olga Petrova" in learner.get(sent.location).words("h1")


def test_the_booking_page_needs_no_more_queries_for_more_people(org, as_, queries_of):
    from tests.support.factories import make_person

    learner = as_("learner")
    few = queries_of(lambda: learner.get(NEW))
    with transaction():
        for _n in range(15):
            make_person(team_id=org.sales_team, manager_id=org.other_manager)
    assert queries_of(lambda: learner.get(NEW)) == few


def test_a_booking_for_one_department_offers_what_it_owns(org, as_):
    learner = as_("learner")
    everything, sales = learner.get("/sessions/new"), learner.get("/sessions/new?owner=sales")
    assert 'value="de-escalation"' in everything.text
    assert 'value="de-escalation"' not in sales.text
    assert 'value="spot-lead"' in sales.text
    assert 'name="owner" value="sales"' in sales.text
    assert 'value="de-escalation"' in learner.get("/sessions/new?owner=nobody").text


def test_host_teams_are_named_with_their_department(org, as_):
    words = as_("learner").get("/sessions/new?kind=touchpoint").words()
    assert "Sales · " in words
