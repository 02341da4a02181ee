import threading
from datetime import date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from app import jobs as scheduled
from app.competency.kinds import EvidenceKind
from app.competency.queries_ledger import list_evidence
from app.db import db, transaction
from app.notifications.queries import inbox
from app.people.models import Leave, Person, Substitute
from app.scheduling import jobs, queries, service
from app.scheduling.inputs import RotationProposal, TaskItem
from app.scheduling.kinds import State
from app.scheduling.models_sessions import BookedSlot
from app.scheduling.service_leave import tell_of_leave_in_rotations
from app.web.refusals import Forbidden, NotFound
from tests.scheduling.support import agreed, floor, propose, ready
from tests.support.factories import NOW, make_person

MONDAY, FRIDAY = date(2026, 6, 15), date(2026, 6, 19)
BEGUN = datetime.fromisoformat("2026-06-16T10:00+00:00")
TASKS = (TaskItem("Log three calls", "spot-lead"), TaskItem("Sit in the pipeline meeting"))


@pytest.fixture(autouse=True)
def _ready(org):
    ready(org)
    with time_machine.travel(NOW, tick=False):
        yield


def wanted(org, **changes):
    values = {
        "employee_id": org.learner,
        "host_team_id": org.sales_team,
        "supervisor_id": org.host,
        "from_on": MONDAY,
        "until_on": FRIDAY,
        "tasks": TASKS,
    }
    return RotationProposal(**(values | changes))


def book(org, by="manager", now=NOW, **changes):
    with transaction():
        return service.propose_rotation(org.actor(by), wanted(org, **changes), now)


def answer(org, rotation_id, *kinds, yes=True, now=NOW):
    for kind in kinds:
        with transaction():
            service.answer_rotation(org.actor(kind), rotation_id, yes, "Quarter end", now)


def agreed_rotation(org):
    rotation_id = book(org)
    answer(org, rotation_id, "learner", "host", "other_manager")
    return rotation_id


def state_of(rotation_id):
    return queries.find_rotation(rotation_id).state


def codes_of(org, **changes):
    with pytest.raises(service.BookingRefused) as refused:
        book(org, **changes)
    return {each.code for each in refused.value.refusals}


def slots():
    return db.session.scalar(select(func.count()).select_from(BookedSlot))


def test_a_rotation_needs_a_yes_from_all_four(org):
    rotation_id = book(org)
    assert slots() == 5 * 16
    answer(org, rotation_id, "learner", "host")
    assert state_of(rotation_id) == State.PROPOSED
    answer(org, rotation_id, "other_manager")
    assert state_of(rotation_id) == State.ACCEPTED


def test_a_no_frees_the_days(org):
    rotation_id = book(org)
    answer(org, rotation_id, "host", yes=False)
    assert (state_of(rotation_id), slots()) == (State.DECLINED, 0)
    assert queries.find_rotation(rotation_id).reason == "Quarter end"


@pytest.mark.parametrize("yes", [True, False])
def test_an_answered_request_for_a_rotation_is_no_longer_new(org, yes):
    rotation_id = book(org)

    def new():
        told = [each for each in inbox(org.host) if each.link == f"/rotations/{rotation_id}"]
        return [each.subject for each in told if not each.is_read]

    assert [each.partition(":")[0] for each in new()] == ["Your answer is asked"]
    answer(org, rotation_id, "host", yes=yes)
    assert new() == []


def test_a_managers_request_is_read_once_a_substitute_answered_or_it_is_off(org):
    first = book(org)
    with transaction():
        db.session.add(
            Substitute(
                person_id=org.other_manager, substitute_id=org.other, from_on=NOW.date(), until_on=None
            )
        )
    answer(org, first, "other")
    assert [each.is_read for each in inbox(org.other_manager)] == [True]
    second = book(org, from_on=date(2026, 8, 17), until_on=date(2026, 8, 21))
    answer(org, second, "learner", yes=False)
    unread = [each.subject.partition(":")[0] for each in inbox(org.other_manager) if not each.is_read]
    assert unread == ["Lena Okafor called off"]


def test_who_agrees_last_still_learns_that_it_is_agreed(org):
    rotation_id = book(org)
    answer(org, rotation_id, "learner", "other_manager", "host")
    told = [each for each in inbox(org.host) if each.link == f"/rotations/{rotation_id}"]
    assert [each.subject.partition(":")[0] for each in told if not each.is_read] == ["Agreed"]


def test_a_form_sent_twice_books_once(org):
    assert book(org, request_key="k") == book(org, request_key="k")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"from_on": date(2026, 6, 1)}, "past"),
        ({"until_on": date(2026, 7, 31)}, "too_long"),
        ({"host_team_id": "support_team"}, "own_team"),
        ({"supervisor_id": "colleague"}, "not_supervisor"),
        ({"from_on": date(2026, 6, 20), "until_on": date(2026, 6, 21)}, "on_leave"),
    ],
)
def test_rules_refuse_and_name_themselves(org, changes, code):
    real = {k: getattr(org, v) if isinstance(v, str) else v for k, v in changes.items()}
    assert code in codes_of(org, **real)
    assert slots() == 0


def test_the_supervisor_is_there_on_each_day(org):
    with transaction():
        db.session.add(Leave(person_id=org.host, from_on=FRIDAY, until_on=FRIDAY))
    assert codes_of(org) == {"supervisor_absent"}


def test_the_home_floor_is_kept_and_no_reason_lifts_it(org):
    floor("support", 3, weekday=2)
    assert codes_of(org) == {"home_floor"}


def test_a_team_takes_one_guest_unless_it_says_otherwise(org):
    book(org)
    assert codes_of(org, employee_id=org.colleague) == {"guest_cap"}
    with transaction():
        service.set_guest_cap(org.sales_team, 2)
    assert book(org, employee_id=org.colleague)


def test_eight_weeks_lie_between_two_rotations(org):
    book(org)
    near = {"from_on": MONDAY + timedelta(weeks=6), "until_on": FRIDAY + timedelta(weeks=6)}
    assert codes_of(org, **near) == {"gap"}
    far = {"from_on": MONDAY + timedelta(weeks=10), "until_on": FRIDAY + timedelta(weeks=10)}
    assert book(org, **far)


def test_a_session_and_a_rotation_do_not_overlap(org):
    agreed(org, starts_at=BEGUN)
    assert codes_of(org) == {"booked"}


def test_no_session_is_booked_into_a_rotation(org):
    book(org)
    with pytest.raises(service.BookingRefused) as refused:
        propose(org, starts_at=BEGUN)
    assert {each.code for each in refused.value.refusals} == {"booked"}


def test_tasks_are_signed_off_once_and_become_evidence(org):
    rotation_id = agreed_rotation(org)
    task = queries.find_rotation(rotation_id).tasks[0]
    with pytest.raises(service.NotOver), transaction():
        service.sign_off_task(org.actor("host"), rotation_id, task.task_id, "", NOW)
    for new in (True, False):
        with transaction():
            assert (
                service.sign_off_task(org.actor("host"), rotation_id, task.task_id, "Clean notes", BEGUN)
                is new
            )
    kinds = [e.row.kind for e in list_evidence(org.learner, "spot-lead")]
    assert kinds == [EvidenceKind.ROTATION_TASK]


def test_only_the_supervisor_signs_off_and_only_own_tasks(org):
    rotation_id = agreed_rotation(org)
    task = queries.find_rotation(rotation_id).tasks[0]
    with pytest.raises(Forbidden), transaction():
        service.sign_off_task(org.actor("other_manager"), rotation_id, task.task_id, "", BEGUN)
    with pytest.raises(NotFound), transaction():
        service.sign_off_task(org.actor("host"), rotation_id, 999, "", BEGUN)


def test_a_supervisor_below_level_three_cannot_make_evidence(org):
    rotation_id = book(org, supervisor_id=org.other)
    answer(org, rotation_id, "learner", "other", "other_manager")
    first, second = queries.find_rotation(rotation_id).tasks
    with pytest.raises(service.NotQualified), transaction():
        service.sign_off_task(org.actor("other"), rotation_id, first.task_id, "", BEGUN)
    with transaction():
        assert service.sign_off_task(org.actor("other"), rotation_id, second.task_id, "", BEGUN)


def test_jobs_close_what_is_over(org):
    yes = agreed_rotation(org)
    no = book(org, from_on=MONDAY + timedelta(weeks=12), until_on=MONDAY + timedelta(weeks=12))
    with transaction():
        jobs.close_due(datetime.fromisoformat("2026-06-19T12:00+00:00"))
    assert state_of(yes) == State.ACCEPTED
    with transaction():
        jobs.close_due(datetime.fromisoformat("2026-10-01T12:00+00:00"))
    assert (state_of(yes), state_of(no)) == (State.HELD, State.CANCELLED)
    assert slots() == 80


def test_those_concerned_learn_that_a_rotation_was_not_agreed_in_time(org):
    rotation_id = book(org)
    for _again in range(2):
        with transaction():
            jobs.close_due(datetime.fromisoformat("2026-06-15T12:00+00:00"))
    for person_id in (org.learner, org.host):
        told = [each.subject for each in inbox(person_id) if each.subject.startswith("Not agreed in time")]
        assert len(told) == 1
    assert "before its first day" in queries.find_rotation(rotation_id).reason


def test_an_unanswered_rotation_ends_when_its_first_day_begins_where_the_employee_is(org):
    with transaction():
        db.session.get_one(Person, org.learner).time_zone = "Pacific/Auckland"
    rotation_id = book(org)
    with transaction():
        jobs.close_due(datetime.fromisoformat("2026-06-14T11:59+00:00"))
    assert state_of(rotation_id) == State.PROPOSED
    with transaction():
        jobs.close_due(datetime.fromisoformat("2026-06-14T12:00+00:00"))
    assert state_of(rotation_id) == State.CANCELLED


def test_nobody_agrees_to_a_rotation_that_has_begun(org):
    rotation_id = book(org)
    with pytest.raises(service.ChangedMeanwhile):
        answer(org, rotation_id, "learner", now=BEGUN)
    assert state_of(rotation_id) == State.PROPOSED


def test_two_at_once_cannot_both_be_the_one_guest(app, org):
    gate, results = threading.Barrier(2), []

    def run(employee_id):
        with app.app_context():
            gate.wait()
            try:
                with transaction():
                    service.propose_rotation(org.actor("manager"), wanted(org, employee_id=employee_id), NOW)
                results.append("won")
            except service.BookingRefused as refused:
                results.append({each.code for each in refused.refusals})
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(each,)) for each in (org.learner, org.colleague)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "won" in results and {"guest_cap"} in results


# Pages


def fill(org, **more):
    return {
        "supervisor": str(org.host),
        "from_on": "2026-06-15",
        "until_on": "2026-06-19",
        "task-0": "Log three calls",
        "task-competency-0": "spot-lead",
        **more,
    }


def test_from_proposal_to_signed_task_on_the_pages(org, as_):
    manager = as_("manager")
    page = manager.get(f"/rotations/new?employee={org.learner}&team={org.sales_team}")
    address = manager.submit(page, action="/rotations", **fill(org)).location
    for kind in ("learner", "host", "other_manager"):
        client = as_(kind)
        assert "Waiting for your answer" in client.get("/rotations").words()
        client.submit(client.get(address), action="/accept")
    assert "Agreed" in as_("hr").get(address).words()
    with time_machine.travel(BEGUN, tick=False):
        host = as_("host")
        task = queries.find_rotation(int(address.rsplit("/", 1)[1])).tasks[0]
        page = host.get(address)
        host.submit(page, action=f"/tasks/{task.task_id}/sign-off", **{f"task{task.task_id}-note": "Neat"})
        assert "1 of 1 signed off" in as_("learner").get(address).words()


def test_a_form_with_gaps_keeps_what_was_entered(org, as_):
    manager = as_("manager")
    page = manager.get(f"/rotations/new?employee={org.learner}&team={org.sales_team}")
    refused = manager.submit(page, action="/rotations", **fill(org, until_on="2026-06-01", supervisor=""))
    assert refused.status == 422
    assert "The last day comes after the first." in refused.words()
    assert "Log three calls" in refused.text


def test_a_refused_rotation_says_why(org, as_):
    with transaction():
        db.session.add(Leave(person_id=org.host, from_on=FRIDAY, until_on=FRIDAY))
    manager = as_("manager")
    page = manager.get(f"/rotations/new?employee={org.learner}&team={org.sales_team}")
    refused = manager.submit(page, action="/rotations", **fill(org))
    assert refused.status == 409
    assert "Hiro 田中: is not there on 1 of the days, first on Fri 19 Jun." in refused.words()


@pytest.mark.parametrize("verb", ["accept", "decline", "cancel", "tasks/1/sign-off"])
def test_others_cannot_touch_a_rotation(org, as_, verb):
    rotation_id = book(org)
    data = {"decline-reason": "x", "cancel-reason": "x"}
    assert as_("colleague").post(f"/rotations/{rotation_id}/{verb}", data).status == 404
    assert as_("hr").post(f"/rotations/{rotation_id}/{verb}", data).status == 403
    assert as_("nobody").post(f"/rotations/{rotation_id}/{verb}", data).status == 401
    assert state_of(rotation_id) == State.PROPOSED


@pytest.mark.parametrize("kind", ["colleague", "other", "author", "admin"])
def test_others_do_not_see_a_rotation(org, as_, kind):
    rotation_id = book(org)
    assert as_(kind).get(f"/rotations/{rotation_id}").status == 404
    assert "Lena" not in as_(kind).get("/rotations").words()


def test_declining_and_cancelling_say_why(org, as_):
    first = book(org)
    host = as_("host")
    host.submit(host.get(f"/rotations/{first}"), action="/decline", **{"decline-reason": "Two new hires"})
    assert "Two new hires" in as_("learner").get(f"/rotations/{first}").words()
    second = book(org)
    learner = as_("learner")
    learner.submit(learner.get(f"/rotations/{second}"), action="/cancel", **{"cancel-reason": "Exam week"})
    assert "Exam week" in as_("manager").get(f"/rotations/{second}").words()


def test_nobody_proposes_for_people_outside_their_line(org, as_):
    assert as_("other_manager").get(f"/rotations/new?employee={org.learner}").status == 404
    data = fill(org, employee=org.learner, team=org.sales_team)
    assert as_("other_manager").post("/rotations", data).status == 404
    assert as_("learner").get("/rotations/new?team=999").status == 404
    assert as_("nobody").get("/rotations/new").status == 303
    assert as_("nobody").get("/rotations").status == 303


def test_query_counts_of_the_list_do_not_grow(org, as_, queries_of):
    manager = as_("manager")
    book(org)
    few = queries_of(lambda: manager.get("/rotations"))
    with transaction():
        service.set_guest_cap(org.sales_team, 9)
        ids = [make_person(team_id=org.support_team, manager_id=org.manager).id for _ in range(4)]
    for each in ids:
        book(org, employee_id=each)
    assert queries_of(lambda: manager.get("/rotations")) == few


def leave(person_id, first, last):
    with transaction():
        db.session.add(Leave(person_id=person_id, from_on=first, until_on=last))


def told_of_leave(person_id):
    return [each for each in inbox(person_id) if "away then" in each.subject]


@pytest.mark.parametrize("who", ["host", "learner"])
def test_leave_over_a_standing_rotation_is_told_to_everybody_concerned_once(org, who):
    rotation_id = agreed_rotation(org)
    leave(getattr(org, who), FRIDAY, FRIDAY + timedelta(days=7))
    for minutes in (0, 5):
        scheduled.run_due(NOW + timedelta(minutes=minutes))
    db.session.rollback()
    name = {"host": "Hiro 田中 is", "learner": "Lena Okafor is"}[who]
    for kind in ("learner", "host", "manager", "other_manager"):
        [told] = told_of_leave(getattr(org, kind))
        assert told.subject.startswith("You are" if kind == who else name)
        assert "Leave was entered for Fri 19 Jun 2026. " in told.body, (
            "the days of it that touch the rotation"
        )
    assert queries.find_rotation(rotation_id).state == State.ACCEPTED, "people decide, not the job"


def test_leave_beside_a_rotation_over_already_or_of_one_called_off_is_told_to_nobody(org):
    rotation_id = agreed_rotation(org)
    leave(org.host, FRIDAY + timedelta(days=1), FRIDAY + timedelta(days=3))
    assert tell_of_leave_in_rotations(NOW) == 0
    leave(org.host, MONDAY, MONDAY)
    assert tell_of_leave_in_rotations(BEGUN) == 0
    with transaction():
        service.cancel_rotation(org.actor("learner"), rotation_id, "Quarter end", NOW)
    assert tell_of_leave_in_rotations(NOW) == 0
