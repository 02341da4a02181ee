"""The ledger, the projection, lapses, frameworks, disputes: what the services promise."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.competency import queries, queries_ledger, service
from app.competency.inputs import CheckIn, PriorLearning
from app.competency.kinds import EvidenceKind as K
from app.competency.models import EvidenceRow, HeldLevel, LedgerIsAppendOnly
from app.db import db, transaction
from app.notifications.models import Notice
from tests.competency.support import AGENT, FRAMEWORK, LEAD, bring, given, load, record
from tests.support.at_once import twice_at_once
from tests.support.factories import NOW

DAY = timedelta(days=1)


def level(person_id, at=NOW, competency="spot-lead"):
    return queries.level_of(person_id, competency, at)


def notices(person_id):
    return list(
        db.session.scalars(select(Notice.subject).where(Notice.person_id == person_id).order_by(Notice.id))
    )


def test_a_passed_quiz_makes_level_1_and_is_told(org):
    load()
    [change] = record(given(org.learner, K.QUIZ))
    assert (change.before, change.after, change.cause) == (0, 1, "evidence")
    assert level(org.learner) == 1
    assert notices(org.learner) == ["Spot a lead: you reached level 1 · Knows"]
    [logged] = queries_ledger.list_changes(org.learner)
    assert (logged.before, logged.after, logged.cause) == (0, 1, "evidence")


def test_the_same_source_counts_once_however_often_it_is_sent(org):
    load()
    fact = given(org.learner, K.QUIZ)
    assert record(fact, fact)
    with transaction():
        assert service.record_evidence(fact, NOW) is None
    assert db.session.scalar(select(func.count()).select_from(EvidenceRow)) == 1


def test_long_source_ids_stay_apart_and_count_once(org):
    load()
    one, two = (given(org.learner, K.QUIZ, source_id="m" * 300 + end) for end in "ab")
    record(one, two, one)
    with transaction():
        assert service.record_evidence(two, NOW) is None
    assert db.session.scalar(select(func.count()).select_from(EvidenceRow)) == 2


def test_one_source_serves_several_competencies(org):
    load()
    fact = given(org.learner, K.QUIZ)
    assert len(record(fact, replace(fact, competency_id="de-escalation"))) == 2


def test_unknown_competency_and_coming_evidence_are_refused(org):
    load()
    with pytest.raises(service.UnknownCompetency), transaction():
        service.record_evidence(given(org.learner, K.QUIZ, competency="none"), NOW)
    with pytest.raises(service.EvidenceFromTheFuture), transaction():
        service.record_evidence(given(org.learner, K.QUIZ, NOW + DAY), NOW)


def test_sign_offs_count_from_someone_at_level_3_only(org):
    load()
    record(
        given(org.learner, K.QUIZ, NOW - 9 * DAY),
        given(org.learner, K.ROLE_PLAY, NOW - 9 * DAY, assessor_id=org.host),
    )
    signed = [given(org.learner, K.ASSIST, NOW - n * DAY, assessor_id=org.host) for n in (1, 2, 3)]
    record(*signed, now=NOW)
    assert level(org.learner) == 2
    bring(org.host, 3, org.other_manager)
    again = [given(org.learner, K.ASSIST, NOW - n * DAY, assessor_id=org.host) for n in (1, 2, 3)]
    record(*again, now=NOW)
    assert level(org.learner) == 3
    assert queries.qualified_hosts("spot-lead", NOW) == sorted([org.host, org.learner])
    assert queries.qualified_hosts("spot-lead", NOW + 301 * DAY) == [org.learner]


def test_the_ledger_cannot_be_edited(org):
    load()
    record(given(org.learner, K.QUIZ))
    with pytest.raises(LedgerIsAppendOnly), transaction() as session:
        session.scalars(select(EvidenceRow)).one().score = 12.0
        session.flush()


def test_a_correction_takes_the_place_of_a_row_once(org):
    load()
    record(given(org.learner, K.QUIZ))
    old = queries_ledger.list_evidence(org.learner)[0].row.id
    fixed = given(org.learner, K.QUIZ, score=40.0)
    with transaction():
        change = service.supersede_evidence(old, fixed, NOW)
    assert change is not None
    assert (change.before, change.after, change.cause) == (1, 0, "correction")
    with transaction():
        assert service.supersede_evidence(old, fixed, NOW) is None
    with pytest.raises(service.EvidenceAlreadySuperseded), transaction():
        service.supersede_evidence(old, given(org.learner, K.QUIZ), NOW)
    facts = queries_ledger.list_evidence(org.learner)
    assert sorted((fact.row.superseded, fact.supersedes_id) for fact in facts) == [(False, old), (True, None)]


def test_a_revoked_row_stays_readable_and_counts_no_longer(org):
    load()
    record(given(org.learner, K.QUIZ))
    row = queries_ledger.list_evidence(org.learner)[0].row.id
    with transaction():
        assert service.revoke_evidence(row, "Somebody else sat it", NOW, by=org.hr)
    with transaction():
        assert service.revoke_evidence(row, "again", NOW) is None
    assert level(org.learner) == 0
    assert queries_ledger.list_evidence(org.learner)[0].revoked_reason == "Somebody else sat it"


def test_check_in_holds_with_a_reason_and_confirming_releases(org):
    load()
    bring(org.learner, 2, org.manager)
    actor = org.actor("manager")
    with transaction():
        service.record_check_in(actor, CheckIn(org.learner, "spot-lead", 1, "Two leads came back"), NOW)
    assert level(org.learner) == 1
    with transaction():
        service.record_check_in(actor, CheckIn(org.learner, "spot-lead", None, ""), NOW + DAY)
    assert level(org.learner, NOW + DAY) == 2
    with pytest.raises(ValueError, match="reason"), transaction():
        service.record_check_in(actor, CheckIn(org.learner, "spot-lead", 1, " "), NOW)


def test_nobody_vouches_for_themselves(org):
    load()
    actor = org.actor("manager")
    with pytest.raises(service.NotYourOwn), transaction():
        service.record_check_in(actor, CheckIn(org.manager, "spot-lead", None, ""), NOW)
    with pytest.raises(service.NotYourOwn), transaction():
        service.record_prior_learning(
            actor, PriorLearning(org.manager, "spot-lead", 3, NOW + DAY, "I know it"), NOW
        )


@pytest.mark.parametrize(("asked", "days", "note"), [(4, 9, "x"), (0, 9, "x"), (2, 0, "x"), (2, 9, " ")])
def test_prior_learning_names_level_expiry_and_ground(org, asked, days, note):
    load()
    with pytest.raises(ValueError, match="prior learning"), transaction():
        service.record_prior_learning(
            org.actor("manager"), PriorLearning(org.learner, "spot-lead", asked, NOW + days * DAY, note), NOW
        )


def test_what_has_run_out_is_not_shown_even_before_the_scheduler_ran(org):
    load()
    bring(org.learner, 2, org.manager)
    assert level(org.learner, NOW + 299 * DAY) == 2
    assert level(org.learner, NOW + 300 * DAY) == 0
    assert queries.levels_of(org.learner, NOW + 271 * DAY)["spot-lead"].lapsing


def test_lapses_are_noted_and_told_exactly_once(org):
    load()
    bring(org.learner, 2, org.manager)
    for moment in (NOW + 280 * DAY, NOW + 281 * DAY):
        with transaction():
            assert service.lapse_due(moment) == []
    assert len([each for each in notices(org.learner) if "lapses on" in each]) == 1
    with transaction():
        [change] = service.lapse_due(NOW + 300 * DAY)
    with transaction():
        assert service.lapse_due(NOW + 301 * DAY) == []
    assert (change.before, change.after, change.cause) == (2, 0, "lapse")
    assert queries.levels_of(org.learner, NOW + 301 * DAY)["spot-lead"].lapsed
    assert notices(org.learner)[-1] == "Spot a lead has lapsed to level 0 · New"


def test_a_hold_ends_by_itself_after_its_year(org):
    load()
    record(given(org.learner, K.QUIZ))
    with transaction():
        service.record_check_in(org.actor("manager"), CheckIn(org.learner, "spot-lead", 0, "Not yet"), NOW)
    record(given(org.learner, K.QUIZ, NOW + 300 * DAY))
    with transaction():
        service.lapse_due(NOW + 366 * DAY)
    assert level(org.learner, NOW + 366 * DAY) == 1


def test_rebuild_reports_drift_and_puts_it_right(org):
    load()
    bring(org.learner, 2, org.manager)
    record(given(org.colleague, K.QUIZ))
    assert service.rebuild(NOW, check=True) == []
    assert service.rebuild(NOW + 301 * DAY, check=True) == []
    with transaction() as session:
        session.execute(update(HeldLevel).where(HeldLevel.person_id == org.learner).values(level=4))
        session.delete(session.get(HeldLevel, (org.colleague, "spot-lead")))
    drifts = service.rebuild(NOW, check=True)
    assert [(each.person_id, each.stored is None) for each in drifts] == [
        (org.learner, False),
        (org.colleague, True),
    ]
    with transaction():
        service.rebuild(NOW)
    assert service.rebuild(NOW, check=True) == []
    assert (level(org.learner), level(org.colleague)) == (2, 1)


def test_rebuild_command_says_what_drifted_and_exits_1(app, org):
    load()
    record(given(org.learner, K.QUIZ))
    run = app.test_cli_runner().invoke
    assert run(args=["competency", "rebuild", "--check"]).exit_code == 0
    with transaction() as session:
        session.execute(update(HeldLevel).values(level=3))
    result = run(args=["competency", "rebuild", "--check"])
    assert result.exit_code == 1
    assert f"person {org.learner}, spot-lead: level is 3, the ledger gives 1" in result.output
    assert run(args=["competency", "rebuild"]).exit_code == 0
    assert run(args=["competency", "rebuild", "--check"]).exit_code == 0


def test_loading_the_same_framework_twice_changes_nothing(org):
    with transaction():
        first = service.load_framework(FRAMEWORK, NOW)
    with transaction():
        again = service.load_framework(FRAMEWORK, NOW + DAY)
    assert (first.changed, again.changed, again.version_id) == (True, False, first.version_id)


def test_framework_change_recomputes_says_why_and_keeps_clearances_for_a_while(org):
    load()
    record(
        given(org.learner, K.QUIZ, NOW - 250 * DAY),
        given(org.learner, K.ROLE_PLAY, NOW - 250 * DAY, assessor_id=org.host),
        now=NOW - 250 * DAY,
    )
    assert queries.is_cleared(org.learner, "qualify-lead", NOW) == "supervised"
    stricter = replace(
        FRAMEWORK, competencies=(replace(LEAD, validity_months={2: 6}), FRAMEWORK.competencies[1])
    )
    with transaction():
        loaded = service.load_framework(stricter, NOW)
    assert [(each.before, each.after, each.cause) for each in loaded.level_changes] == [(2, 1, "framework")]
    assert loaded.graces == 1
    [standing] = queries.clearances_of(org.learner, NOW + 29 * DAY)
    assert (standing.standing, standing.grace_until) == ("supervised", NOW + 30 * DAY)
    assert queries.is_cleared(org.learner, "qualify-lead", NOW + 30 * DAY) == "none"
    told = notices(org.learner)
    assert "Spot a lead is now level 1 · Knows because the framework changed" in told
    assert "The framework changed: “Qualify a lead” needs attention" in told


def test_dropped_competency_keeps_its_history(org):
    load()
    bring(org.learner, 2, org.manager)
    without = replace(
        FRAMEWORK,
        competencies=(replace(FRAMEWORK.competencies[1], prerequisites=()),),
        job_roles=(),
        clearances=(),
    )
    with transaction():
        service.load_framework(without, NOW)
    assert queries.retired_competencies() == {"spot-lead"}
    assert len(queries_ledger.list_evidence(org.learner)) == 1
    with transaction():
        service.lapse_due(NOW + 400 * DAY)


def test_targets_come_from_role_and_programme_and_the_highest_wins(org):
    load()
    assert queries.targets_for(org.learner) == dict(AGENT.targets)
    with transaction():
        service.set_targets(org.learner, "programme:new-hire", {"spot-lead": 3, "de-escalation": 1})
    assert queries.targets_for(org.learner) == {"spot-lead": 3, "de-escalation": 3}
    with transaction():
        service.set_targets(org.learner, "programme:new-hire", {})
    assert queries.targets_for(org.learner) == dict(AGENT.targets)


def test_dispute_is_told_to_assessor_and_hr_and_decided_once(org):
    load()
    bring(org.learner, 2, org.manager)
    row = queries_ledger.list_evidence(org.learner)[0].row.id
    with transaction():
        dispute = service.open_dispute(org.actor("learner"), row, "I never did this", NOW)
    with pytest.raises(service.DisputeAlreadyOpen), transaction():
        service.open_dispute(org.actor("learner"), row, "again", NOW)
    with pytest.raises(service.NotYourOwn), transaction():
        service.open_dispute(org.actor("colleague"), row, "not mine", NOW)
    assert notices(org.manager) == notices(org.hr) == ["A record about Spot a lead is disputed"]
    decide = {"revoke": True, "answer": "Agreed, it was a mix-up", "now": NOW}
    with transaction():
        assert service.resolve_dispute(org.actor("hr"), dispute, **decide)
    with transaction():
        assert not service.resolve_dispute(org.actor("hr"), dispute, **decide)
    assert level(org.learner) == 0
    assert notices(org.learner)[-1] == "Your dispute about Spot a lead is decided"


def test_looking_is_kept_once_a_day_and_never_for_oneself(org):
    load()
    for _ in range(2):
        with transaction():
            service.note_matrix_viewed(org.manager, [org.learner, org.manager], NOW.date(), NOW)
    assert [look.viewer_id for look in queries_ledger.list_looks(org.learner)] == [org.manager]
    assert queries_ledger.list_looks(org.manager) == []


def test_self_rating_stands_beside_the_level(org):
    load()
    for day, score in enumerate((2, 4)):
        with transaction():
            service.record_self_rating(
                org.actor("learner"), "spot-lead", K.CONFIDENCE, score, NOW + day * DAY
            )
    assert queries_ledger.self_ratings(org.learner) == {"spot-lead": {K.CONFIDENCE: 4.0}}
    assert level(org.learner) == 0


@pytest.mark.parametrize("key", ["one", None])
def test_a_check_in_that_says_something_else_is_recorded_although_its_form_was_sent_before(org, key):
    load()
    record(given(org.learner, K.QUIZ))
    actor = org.actor("manager")
    for minute, held_at in enumerate((0, None)):
        now = NOW + timedelta(minutes=minute)
        with transaction():
            service.record_check_in(actor, CheckIn(org.learner, "spot-lead", held_at, "Seen", key), now)
    assert level(org.learner, NOW + DAY) == 1


def test_a_check_in_sent_twice_at_once_is_recorded_once(app, org):
    load()
    actor, word = org.actor("manager"), CheckIn(org.learner, "spot-lead", 0, "Not yet", "one")
    moments = itertools.count()
    db.session.rollback()
    came = twice_at_once(
        app, lambda: service.record_check_in(actor, word, NOW + timedelta(seconds=next(moments)))
    )
    assert came == [None, None]
    assert len(queries_ledger.list_evidence(org.learner)) == 1
