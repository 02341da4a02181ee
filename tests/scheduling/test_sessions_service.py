from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.competency import queries as competency
from app.competency.kinds import EvidenceKind
from app.competency.queries_ledger import list_evidence
from app.curriculum import service as curriculum
from app.curriculum.definitions import Activity, ActivityKind, Catalogue, Module
from app.db import db, transaction
from app.notifications.queries import inbox
from app.people.models import Person, Substitute
from app.scheduling import jobs, queries, service
from app.scheduling.inputs import SessionMove
from app.scheduling.kinds import Mode, State
from app.scheduling.models_sessions import BookedSlot
from app.web.refusals import Forbidden, NotFound
from tests.competency.support import bring
from tests.scheduling.support import (
    AT,
    accept,
    after,
    agreed,
    ban,
    debrief,
    floor,
    held,
    on_leave,
    propose,
    ready,
)
from tests.support.factories import NOW, make_person


@pytest.fixture(autouse=True)
def _ready(org):
    ready(org)


def state_of(session_id):
    return queries.find_session(session_id).state


def codes_of(org, by="manager", **changes):
    with pytest.raises(service.BookingRefused) as refused:
        propose(org, by, **changes)
    return {each.code for each in refused.value.refusals}


def subjects(person_id):
    return [item.subject for item in inbox(person_id)]


def slots():
    return db.session.scalar(select(func.count()).select_from(BookedSlot))


def test_a_manager_proposes_and_both_accept(org):
    session_id = propose(org)
    assert state_of(session_id) == State.PROPOSED
    accept(org, session_id, "learner")
    assert state_of(session_id) == State.PROPOSED
    accept(org, session_id, "host")
    assert state_of(session_id) == State.ACCEPTED
    assert any("Agreed" in text for text in subjects(org.learner))


def test_a_learner_needs_the_consent_of_host_and_manager(org):
    session_id = propose(org, "learner")
    assert any("consent" in text for text in subjects(org.manager))
    accept(org, session_id, "host")
    assert state_of(session_id) == State.PROPOSED
    accept(org, session_id, "manager")
    assert state_of(session_id) == State.ACCEPTED


def test_a_substitute_consents_for_an_absent_manager(org):
    session_id = propose(org, "learner")
    accept(org, session_id, "host")
    with transaction():
        db.session.add(
            Substitute(person_id=org.manager, substitute_id=org.colleague, from_on=NOW.date(), until_on=None)
        )
    assert [each.is_read for each in inbox(org.manager)] == [False]
    accept(org, session_id, "colleague")
    assert state_of(session_id) == State.ACCEPTED
    assert [each.is_read for each in inbox(org.manager)] == [True]


@pytest.mark.parametrize("ends", ["declined", "cancelled", "lapsed"])
def test_nobody_is_asked_any_more_about_a_session_that_is_off(org, ends):
    session_id = propose(org, "learner")
    with transaction():
        if ends == "declined":
            service.decline(org.actor("host"), session_id, "Quarter end", NOW)
        elif ends == "cancelled":
            service.cancel(org.actor("learner"), session_id, "Quarter end", NOW)
        else:
            service.lapse_unanswered(AT)
    asked = [each for each in inbox(org.manager) if each.subject.startswith("Your consent")]
    assert [each.is_read for each in asked] == [True]
    told = [each for each in inbox(org.host) if each.link == f"/sessions/{session_id}"]
    new = [each.subject.partition(" ")[0] for each in told if not each.is_read]
    assert new == {"declined": [], "cancelled": ["Lena"], "lapsed": ["Not"]}[ends]


@pytest.mark.parametrize("ends", ["declined", "cancelled"])
def test_a_manager_who_consented_learns_that_it_is_off(org, ends):
    session_id = agreed(org) if ends == "cancelled" else propose(org)
    with transaction():
        if ends == "declined":
            service.decline(org.actor("host"), session_id, "Quarter end", NOW)
        else:
            service.cancel(org.actor("learner"), session_id, "Quarter end", NOW)
    who = {"declined": "Hiro 田中", "cancelled": "Lena Okafor"}[ends]
    told = [each.subject for each in inbox(org.manager) if "called off" in each.subject]
    assert told == [f"{who} called off: Shadowing: Spot a lead"]


def test_answers_of_people_who_are_not_asked_change_nothing(org):
    session_id = propose(org)
    with pytest.raises(NotFound), transaction():
        service.accept(org.actor("colleague"), session_id, 0, NOW)
    with pytest.raises(Forbidden), transaction():
        service.accept(org.actor("hr"), session_id, 0, NOW)
    assert state_of(session_id) == State.PROPOSED


def test_nobody_proposes_for_people_outside_their_line(org):
    with pytest.raises(NotFound):
        propose(org, "other_manager")


def test_a_form_sent_twice_books_once(org):
    first = propose(org, request_key="same")
    assert propose(org, request_key="same") == first
    assert slots() == 4


def test_declining_frees_the_time_and_tells_why(org):
    session_id = propose(org)
    with transaction():
        service.decline(org.actor("host"), session_id, "Quarter end", NOW)
    assert state_of(session_id) == State.DECLINED
    assert slots() == 0
    assert any("Quarter end." in item.body for item in inbox(org.learner))
    assert propose(org) != session_id


def test_an_answered_invitation_is_no_longer_new(org):
    session_id = propose(org)

    def new():
        told = [each for each in inbox(org.host) if each.link == f"/sessions/{session_id}"]
        return [each.subject.split(" ")[0] for each in told if not each.is_read]

    assert new() == ["Invitation"]
    accept(org, session_id, "host")
    assert new() == []
    accept(org, session_id, "learner")
    assert new() == ["Agreed:"]


def test_declining_again_or_accepting_afterwards_changes_nothing(org):
    session_id = propose(org)
    for _again in range(2):
        with transaction():
            assert service.decline(org.actor("host"), session_id, "Busy", NOW) == State.DECLINED
    with pytest.raises(service.ChangedMeanwhile), transaction():
        service.accept(org.actor("learner"), session_id, 0, NOW)
    assert state_of(session_id) == State.DECLINED


def test_nobody_agrees_to_a_session_whose_time_has_come(org):
    session_id = propose(org)
    with pytest.raises(service.ChangedMeanwhile):
        accept(org, session_id, "learner", now=AT)
    assert state_of(session_id) == State.PROPOSED


def test_moving_takes_the_new_time_frees_the_old_and_asks_again(org):
    session_id = agreed(org)
    fact = queries.find_session(session_id)
    later = AT + timedelta(hours=2)
    with transaction():
        service.move(
            org.actor("host"), session_id, SessionMove(later, 60, "A customer call", fact.version), NOW
        )
    moved = queries.find_session(session_id)
    assert (moved.state, moved.starts_at) == (State.PROPOSED, later)
    assert moved.sequence > fact.sequence
    assert set(db.session.scalars(select(BookedSlot.slot_at))) == {later, later + timedelta(minutes=30)}
    accept(org, session_id, "learner")
    assert state_of(session_id) == State.ACCEPTED


def test_an_answer_to_the_old_time_does_not_count_for_the_new_one(org):
    session_id = propose(org)
    seen = queries.find_session(session_id)
    with transaction():
        service.move(
            org.actor("learner"),
            session_id,
            SessionMove(AT + timedelta(hours=1), 60, "Later", seen.version),
            NOW,
        )
    with pytest.raises(service.ChangedMeanwhile), transaction():
        service.accept(org.actor("host"), session_id, seen.sequence, NOW)


def test_moving_what_somebody_else_moved_meanwhile_is_refused(org):
    session_id = agreed(org)
    with pytest.raises(service.ChangedMeanwhile), transaction():
        service.move(org.actor("host"), session_id, SessionMove(AT + timedelta(hours=2), 60, "x", 1), NOW)
    assert queries.find_session(session_id).starts_at == AT
    assert slots() == 4


def test_cancelling_is_for_the_two_and_their_managers(org):
    session_id = agreed(org)
    with pytest.raises(Forbidden), transaction():
        service.cancel(org.actor("hr"), session_id, "x", NOW)
    with transaction():
        service.cancel(org.actor("other_manager"), session_id, "Team day", NOW)
    assert state_of(session_id) == State.CANCELLED
    assert slots() == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"starts_at": AT - timedelta(hours=2)}, "outside_hours"),
        ({"starts_at": AT - timedelta(days=7)}, "past"),
        ({"starts_at": AT + timedelta(days=2)}, "outside_hours"),
        ({"mode": Mode.ASSIST}, "observe_first"),
        ({"mode": Mode.REVERSE_SHADOW}, "observe_first"),
        ({"competency_id": "de-escalation"}, "prerequisite"),
    ],
)
def test_hard_rules_refuse_and_name_themselves(org, changes, code):
    assert code in codes_of(org, **changes)
    assert slots() == 0


def test_a_host_below_level_three_or_of_another_department_is_refused(org):
    assert codes_of(org, host_id=org.other) == {"host_level"}
    bring(org.colleague, 3, org.other_manager, at=NOW - timedelta(days=2))
    assert codes_of(org, host_id=org.colleague) == {"host_department"}


def test_leave_forbids_and_no_reason_lifts_it(org):
    on_leave(org.host)
    assert codes_of(org, override_reason="It must be") == {"on_leave"}


def test_a_ban_only_says_not_available(org):
    ban(org, org.host, org.learner)
    assert codes_of(org) == {"not_available"}


def test_the_floor_holds_unless_a_manager_gives_a_reason(org):
    floor("support", 3)  # learner, colleague and manager work then
    assert codes_of(org) == {"floor"}
    assert codes_of(org, "learner", override_reason="Please") == {"floor"}
    session_id = propose(org, override_reason="The queue is closed for the release")
    fact = queries.find_session(session_id)
    assert (fact.overridden, fact.override_reason) == (("floor",), "The queue is closed for the release")


def test_the_weekly_budget_counts_sessions_of_that_local_week(org):
    propose(org)
    assert codes_of(org, starts_at=AT + timedelta(days=1)) == {"learner_budget"}
    assert propose(org, starts_at=AT + timedelta(days=7))


def test_the_weekly_budget_counts_what_was_learned_that_local_week(org):
    read = Activity("read", ActivityKind.LESSON, "Read this", 15)
    with transaction():
        curriculum.load_catalogue(Catalogue((Module("m", "M", "", ("everyone",), (), (), (read,)),), ()), NOW)
        curriculum.complete_activity(org.learner, "m/read", NOW, via="lesson")
    assert codes_of(org) == {"learner_budget"}
    assert propose(org, minutes=30)
    assert propose(org, starts_at=AT + timedelta(days=7))


def test_a_pause_lies_between_two_sessions_of_one_person(org):
    with transaction():
        third = make_person("Third", team_id=org.support_team, manager_id=org.manager).id
    propose(org)
    assert codes_of(org, learner_id=third, starts_at=AT + timedelta(minutes=60)) == {"pause"}
    assert codes_of(org, learner_id=third, starts_at=AT + timedelta(minutes=90)) == {"second_today"}
    assert codes_of(org, learner_id=third, starts_at=AT + timedelta(minutes=30)) >= {"booked"}


def test_an_unknown_competency_is_not_booked(org):
    with pytest.raises(LookupError):
        propose(org, competency_id="juggling")


def test_both_debriefs_make_observing_evidence_and_rate_the_host(org):
    session_id = agreed(org)
    now = after(session_id)
    assert debrief(org, session_id, "learner", now, rating=4) is False
    assert list_evidence(org.learner, "spot-lead") == []
    assert debrief(org, session_id, "host", now) is True
    [seen] = list_evidence(org.learner, "spot-lead")
    assert (seen.row.kind, seen.source_id, seen.minutes) == (EvidenceKind.OBSERVE, str(session_id), 60)
    hosting = [e for e in list_evidence(org.host, "spot-lead") if e.row.kind == EvidenceKind.HOSTING]
    assert [(e.row.score, e.row.assessor_id) for e in hosting] == [(4.0, org.learner)]
    assert state_of(session_id) == State.HELD


def test_a_debrief_sent_again_changes_nothing(org):
    session_id = held(org)
    assert debrief(org, session_id, "host", after(session_id)) is True
    assert len(list_evidence(org.learner, "spot-lead")) == 1


def test_nothing_is_debriefed_before_the_end(org):
    session_id = agreed(org)
    with pytest.raises(service.NotOver):
        debrief(org, session_id, "host", AT + timedelta(minutes=30))


def assisted(org):
    held(org)
    session_id = agreed(org, mode=Mode.ASSIST, starts_at=AT + timedelta(days=7), now=NOW + timedelta(days=2))
    return session_id, after(session_id)


def test_a_host_signs_off_work_that_counts(org):
    session_id, now = assisted(org)
    with transaction():
        assert service.sign_off(org.actor("host"), session_id, False, "Ask before you send", now) is False
    with transaction():
        assert service.sign_off(org.actor("host"), session_id, True, "Well done", now) is True
    with transaction():
        assert service.sign_off(org.actor("host"), session_id, False, "Changed my mind", now) is True
    kinds = Counter(e.row.kind for e in list_evidence(org.learner, "spot-lead"))
    assert kinds[EvidenceKind.ASSIST] == 1
    [row] = [e.row for e in list_evidence(org.learner, "spot-lead") if e.row.kind == EvidenceKind.ASSIST]
    assert row.assessor_level == 3


def test_the_same_not_yet_sent_twice_tells_once_and_another_note_again(org):
    session_id, now = assisted(org)
    for note in ("Ask first", "Ask first", "Ask before you send"):
        with transaction():
            service.sign_off(org.actor("host"), session_id, False, note, now)
    assert sum("did not sign off yet" in text for text in subjects(org.learner)) == 2
    assert queries.find_session(session_id).signed_off_note == "Ask before you send"


def test_a_host_who_lost_the_level_cannot_sign_off(org):
    session_id, now = assisted(org)
    late = now + timedelta(days=500)
    assert competency.level_of(org.host, "spot-lead", late) == 0
    with pytest.raises(service.NotQualified), transaction():
        service.sign_off(org.actor("host"), session_id, True, "", late)


def test_only_the_host_signs_off(org):
    session_id, now = assisted(org)
    with pytest.raises(Forbidden), transaction():
        service.sign_off(org.actor("manager"), session_id, True, "", now)


def test_jobs_mark_sessions_held_and_end_unanswered_ones_once(org):
    yes = agreed(org)
    no = propose(org, starts_at=AT + timedelta(days=7))
    late = AT + timedelta(days=8)
    for _again in range(2):
        with transaction():
            jobs.close_due(late)
    assert (state_of(yes), state_of(no)) == (State.HELD, State.CANCELLED)
    assert sum("Not agreed in time" in text for text in subjects(org.learner)) == 1
    assert {h.session_id for h in queries.held_sessions([org.learner])} == {yes}


def test_reminders_and_nudges_go_out_once(org):
    session_id = agreed(org)
    for now in (AT - timedelta(hours=20), AT - timedelta(hours=19)):
        with transaction():
            jobs.service_debriefs.remind(now)
    assert sum(text.startswith("Tomorrow") for text in subjects(org.learner)) == 1
    end = after(session_id)
    for now in (end, end + timedelta(hours=1), end + timedelta(days=2), end + timedelta(days=2, hours=1)):
        with transaction():
            jobs.close_due(now)
            jobs.service_debriefs.remind(now)
    assert sum(text.startswith("How was it") for text in subjects(org.host)) == 2


def test_a_reminder_says_today_where_it_is_that_day_already(org):
    agreed(org)
    with transaction():
        db.session.get_one(Person, org.host).time_zone = "Pacific/Auckland"
    with transaction():
        jobs.service_debriefs.remind(AT - timedelta(hours=11))  # Wed 23:00 in Berlin, Thu 09:00 in Auckland
    assert [text for text in subjects(org.learner) if text.startswith("Tomorrow: ")]
    assert [text for text in subjects(org.host) if text.startswith("Today: ")]


def test_a_session_that_did_not_take_place_counts_for_nothing(org):
    session_id = agreed(org)
    with transaction():
        state = service.report_missed(org.actor("host"), session_id, "Ill", after(session_id))
    assert state == State.CANCELLED
    assert queries.held_sessions([org.learner]) == []
    with transaction():
        service.report_missed(org.actor("host"), session_id, "Ill", after(session_id))
    told = [each for each in inbox(org.learner) if "did not take place" in each.subject]
    assert len(told) == 1 and "Reason: Ill." in told[0].body
