"""The pages: what they say, who may open them, and how many queries they take."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
import time_machine

from app.competency import queries, queries_ledger, service
from app.competency.inputs import CheckIn
from app.competency.kinds import EvidenceKind as K
from app.competency.views_matrix import PEOPLE_PER_PAGE
from app.db import db, transaction
from app.people.models import Leave, Person, Substitute
from tests.competency.support import bring, given, load, record
from tests.support.factories import NOW, make_person

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


def page(org, person: str, competency: str = "spot-lead") -> str:
    return f"/people/{getattr(org, person)}/competencies/{competency}"


def test_my_matrix_says_why_and_how_and_until_when(org, as_):
    load()
    record(given(org.learner, K.QUIZ, NOW - 10 * DAY))
    words = as_("learner").get("/my/matrix").words()
    assert "Why 1? Rests on quiz (24 May 2026). Good until 24 May 2027." in words
    assert "How to reach 2: Do a role-play with an assessor" in words
    assert "Your next step" in words


def test_my_matrix_before_anything_says_what_will_be_here(org, as_):
    assert "Levels appear here once" in as_("learner").get("/my/matrix").words()


def test_lapsing_level_is_the_next_step_with_the_one_thing_to_do(org, as_):
    load()
    record(given(org.learner, K.QUIZ, NOW - 350 * DAY), now=NOW - 350 * DAY)
    words = as_("learner").get("/my/matrix").words()
    assert "Keep it alive" in words
    assert "Pass the quiz again with 80 % or more." in words


def test_explanation_shows_every_record_and_why_it_does_not_count(org, as_):
    load()
    record(given(org.learner, K.QUIZ, score=62.0), given(org.learner, K.QUIZ, score=91.0))
    shown = as_("learner").get(page(org, "learner"))
    words = shown.words("#records")
    assert "62 %" in words
    assert "Does not count now: below the mark." in words
    assert "91 %" in words
    assert "Why 1? 1 · Knows" in shown.words()


def test_someone_elses_look_is_shown_to_the_person(org, as_):
    load()
    bring(org.learner, 2, org.manager)
    assert "Nobody else has opened" in as_("learner").get("/my/matrix").words()
    as_("manager").get(f"/teams/{org.support_team}/matrix")
    as_("hr").get(page(org, "learner"))
    words = as_("learner").get("/my/matrix").words("#who-looked")
    assert "Mara Lindqvist" in words
    assert "Hanna Reyes" in words
    assert queries_ledger.list_looks(org.host) == []


PAGES = ["/people/{learner}/matrix", "/people/{learner}/competencies/spot-lead"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("kind", "status"),
    [("manager", 200), ("hr", 200), ("colleague", 403), ("host", 403), ("other_manager", 403), ("author", 403), ("admin", 403), ("nobody", 303)],
)  # fmt: skip
def test_levels_are_for_the_person_the_line_and_hr(org, as_, path, kind, status):
    load()
    assert as_(kind).get(path.format(learner=org.learner)).status == status


@pytest.mark.parametrize(
    ("kind", "status"),
    [("manager", 200), ("hr", 200), ("other_manager", 403), ("learner", 403), ("nobody", 303)],
)
@pytest.mark.parametrize("suffix", ["", ".csv"])
def test_team_matrix_is_for_the_line_and_hr(org, as_, kind, status, suffix):
    load()
    assert as_(kind).get(f"/teams/{org.support_team}/matrix{suffix}").status == status


def test_who_stands_in_for_a_manager_sees_their_people(org, as_):
    load()
    with transaction() as session:
        session.add(Substitute(person_id=org.manager, substitute_id=org.other, from_on=NOW.date()))
    stand_in = as_("other")
    assert "Lena Okafor" in stand_in.get("/matrix").words()
    assert stand_in.get(f"/people/{org.learner}/matrix").status == 200
    assert stand_in.get(f"/people/{org.learner}/competencies/spot-lead/check-in").status == 200
    assert stand_in.get(f"/people/{org.host}/matrix").status == 403


def test_unknown_things_are_not_found(org, as_):
    load()
    hr = as_("hr")
    for path in ("/people/99999/matrix", "/teams/99999/matrix", "/competencies/none", f"/people/{org.learner}/competencies/none", "/disputes/99"):  # fmt: skip
        assert hr.get(path).status == 404


def test_matrix_of_a_manager_holds_their_people_only_and_says_what_a_cell_rests_on(org, as_):
    load()
    bring(org.learner, 2, org.manager)
    shown = as_("manager").get("/matrix")
    words = shown.words()
    assert "Lena Okafor" in words
    assert "Hiro" not in words
    assert "Lena Okafor, Spot a lead: Shows, target 2; rests on prior learning (3 Jun 2026)" in words
    assert page(org, "learner") in shown.links()
    assert "Hiro" in as_("hr").get("/matrix").words()


def test_a_row_of_the_matrix_shows_what_changed_since_it_was_opened_last(org, as_):
    load()

    def row() -> str:
        rows = as_("manager").get("/matrix").tree.cssselect("tbody tr")
        return next(words for each in rows if "Lena" in (words := " ".join(each.text_content().split())))

    assert "Lena Okafor, Spot a lead: New, target 2; no evidence" in row()
    record(given(org.learner, K.QUIZ, NOW - 350 * DAY), now=NOW - 350 * DAY)
    assert "Knows, target 2, lapsing; rests on quiz (18 Jun 2025)" in row()
    with time_machine.travel(NOW + 20 * DAY, tick=False):
        assert "New, target 2; held level 1 before, lapsed" in row()
    with transaction() as session:
        session.get_one(Person, org.learner).name = "Lena Ek"
    assert "Lena Ek, Spot a lead: Knows, target 2" in row()
    with transaction() as session:
        session.get_one(Person, org.learner).locale = "en"
        session.get_one(Person, org.learner).job_role_key = None
    assert "Lena Ek, Spot a lead: Knows, lapsing" in row()


def test_matrix_filters_by_team_role_and_direction(org, as_):
    load()
    hr = as_("hr")
    assert "Lena" not in hr.get(f"/matrix?team={org.sales_team}").words(".heat-map")
    assert "Mara" not in hr.get("/matrix?role=support-agent").words(".heat-map")
    assert "Spot a lead" not in hr.get("/matrix?direction=support").words(".heat-map")
    assert "Nobody to show" in hr.get("/matrix?role=none").words()


def test_export_gives_levels_and_defuses_formulas(org, as_):
    load()
    bring(org.learner, 2, org.manager)
    with transaction():
        db.session.get_one(Person, org.colleague).name = '=HYPERLINK("http://evil")'
    answer = as_("manager").get("/matrix.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    by_mail = {row["E-mail"]: row for row in rows}
    assert by_mail["lena@example.com"]["Spot a lead"] == "2"
    assert by_mail["lena@example.com"]["Spot a lead: target"] == "2"
    assert by_mail["cem@example.com"]["Person"].startswith("'=")


def test_coverage_names_the_single_point_the_day_it_thins_and_the_cheapest_fix(org, as_):
    load()
    bring(org.host, 3, org.other_manager, NOW - 250 * DAY)
    bring(org.other, 3, org.other_manager, NOW - 200 * DAY)
    bring(org.learner, 2, org.manager)
    words = as_("hr").get("/coverage").words()
    assert "thinning 2 people now: Hiro 田中, Olga Petrova" in words
    assert "23 Jul 2026 then 1 person (Hiro 田中 lapses)" in words
    assert "Cheapest fix: Hiro 田中, 1 signed-off shadow hour (about 1 h)" in words
    assert "Nobody holds level 3." in words
    manager = as_("manager").get("/coverage?level=2").words()
    assert "single point of failure Only one person: Lena Okafor" in manager
    assert "Hiro" not in manager


def test_coverage_names_the_day_it_thins_though_leave_comes_and_goes_before(org, as_):
    load()
    bring(org.host, 3, org.other_manager, NOW - 250 * DAY)
    bring(org.other, 3, org.other_manager, NOW - 200 * DAY)
    bring(org.learner, 3, org.other_manager, NOW - 260 * DAY)
    with transaction():
        for week in (1, 2):
            first = (NOW + 7 * week * DAY).date()
            db.session.add(Leave(person_id=org.other, from_on=first, until_on=first + DAY))
    words = as_("hr").get("/coverage").words()
    assert words.count("is away)") == 2
    assert "then 1 person (Hiro 田中 lapses)" in words


def test_coverage_and_matrix_are_not_for_everyone(org, as_):
    for path in ("/coverage", "/matrix", "/matrix.csv"):
        assert as_("learner").get(path).status == 403


def test_clearances_say_what_i_may_do_and_what_is_missing(org, as_):
    load()
    bring(org.learner, 2, org.manager)
    words = as_("learner").get("/clearances").words()
    assert "You: supervised" in words
    assert "Spot a lead level 3 (now 2)" in words
    assert "people are cleared" not in words
    assert "Lena Okafor" in as_("manager").get("/clearances").words()
    assert "Lena Okafor" in as_("other_manager").get("/clearances").words()  # sales owns this work


def test_clearances_stay_within_the_line_where_another_team_owns_them(org, as_):
    load()
    bring(org.host, 3, org.other_manager)
    assert "Hiro" not in as_("manager").get("/clearances").words()


def test_competency_pages_describe_the_levels(org, as_):
    load()
    client = as_("learner")
    assert "Calm a customer" in client.get("/competencies").words()
    words = client.get("/competencies/de-escalation").words()
    assert "Coaches others" in words
    assert "Spot a lead" in words
    assert "Support Agent" in words


def test_manager_holds_a_level_and_the_person_reads_why(org, as_):
    load()
    bring(org.learner, 2, org.manager)
    manager = as_("manager")
    form = manager.get(page(org, "learner") + "/check-in")
    refused = manager.submit(form, decision="1")
    assert refused.status == 422
    assert "Say why you hold the level" in refused.text
    assert manager.submit(form, decision="1", reason="Two leads came back").status == 303
    words = as_("learner").get(page(org, "learner")).words()
    assert "a check-in holds it at 1 for now" in words
    assert "Level 2 to 1 just now because of a check-in" in words
    assert "Two leads came back" in words
    assert queries.level_of(org.learner, "spot-lead", NOW) == 1


@pytest.mark.parametrize("form", ["check-in", "prior-learning"])
@pytest.mark.parametrize(
    ("kind", "status"),
    [("learner", 403), ("other_manager", 403), ("author", 403), ("hr", 200), ("manager", 200)],
)
def test_only_the_line_and_hr_judge(org, as_, form, kind, status):
    load()
    assert as_(kind).get(f"{page(org, 'learner')}/{form}").status == status


def test_hr_does_not_judge_themselves(org, as_):
    load()
    assert as_("hr").get(page(org, "hr") + "/prior-learning").status == 403


def test_prior_learning_is_accepted_until_a_named_day(org, as_):
    load()
    manager = as_("manager")
    form = manager.get(page(org, "learner") + "/prior-learning")
    fields = {"level": "3", "valid_until": "2026-12-31", "note": "Three years in inside sales"}
    assert manager.submit(form, **(fields | {"valid_until": "2020-01-01"})).status == 422
    assert manager.submit(form, **(fields | {"note": ""})).status == 422
    assert manager.submit(form, **fields).status == 303
    assert queries.level_of(org.learner, "spot-lead", NOW) == 3


def test_dispute_goes_from_the_record_to_hr_and_back(org, as_):
    load()
    bring(org.learner, 2, org.manager)
    row = queries_ledger.list_evidence(org.learner)[0].row.id
    learner = as_("learner")
    shown = learner.get(page(org, "learner"))
    assert learner.submit(shown, action=f"/my/evidence/{row}/dispute", reason="").status == 422
    assert learner.submit(shown, action=f"/my/evidence/{row}/dispute", reason="Not me").status == 303
    assert learner.post(f"/my/evidence/{row}/dispute", {"reason": "again"}).status == 303
    dispute = queries_ledger.list_disputes()[0].id
    assert as_("colleague").post(f"/my/evidence/{row}/dispute", {"reason": "x"}).status == 404
    for kind, status in (("colleague", 404), ("learner", 200), ("manager", 200), ("hr", 200)):
        assert as_(kind).get(f"/disputes/{dispute}").status == status
    assert as_("manager").post(f"/disputes/{dispute}", {"outcome": "kept", "answer": "x"}).status == 403
    hr = as_("hr")
    assert "Lena Okafor" in hr.get("/disputes").words()
    open_page = hr.get(f"/disputes/{dispute}")
    assert hr.submit(open_page, outcome="revoked").status == 422
    assert hr.submit(open_page, outcome="revoked", answer="Agreed").status == 303
    assert hr.submit(open_page, outcome="kept", answer="Again").status == 409
    words = learner.get(page(org, "learner")).words()
    assert "Dispute decided: withdrawn" in words
    assert queries.level_of(org.learner, "spot-lead", NOW) == 0


def test_own_rating_stands_beside_the_level(org, as_):
    load()
    learner = as_("learner")
    shown = learner.get(page(org, "learner"))
    assert learner.submit(shown, action="/rating", confidence="4", interest="0").status == 303
    assert "Feels ready: 4 of 5" in learner.get("/my/matrix").words()
    assert learner.submit(shown, action="/rating", confidence="4", interest="5").status == 303
    assert "Interest5 of 5" in as_("manager").get(page(org, "learner")).words().replace(
        "Interest ", "Interest"
    )


def test_hold_and_lapse_and_top_level_read_well(org, as_):
    load()
    bring(org.learner, 3, org.manager, NOW - 310 * DAY)
    assert "Level 3 was held before" in as_("learner").get(page(org, "learner")).words()
    record(*[given(org.learner, K.ASSIST, NOW - DAY, assessor_id=org.host)], now=NOW)
    with transaction():
        service.record_check_in(org.actor("manager"), CheckIn(org.learner, "spot-lead", 0, "Wait"), NOW)
    assert as_("learner").get("/my/matrix").status == 200


def crowd(org, people: int) -> list[int]:
    with transaction():
        ids = [
            make_person(
                works=False, team_id=org.support_team, manager_id=org.manager, job_role_key="support-agent"
            ).id
            for _ in range(people)
        ]
    record(
        *[given(each, K.QUIZ) for each in ids],
        *[given(each, K.QUIZ, competency="de-escalation") for each in ids],
    )
    return ids


@pytest.mark.parametrize(
    ("path", "most"),
    [("/matrix", 20), ("/matrix.csv", 18), ("/coverage", 20), ("/clearances", 18), ("/my/matrix", 24)],
)
def test_queries_do_not_grow_with_people(org, as_, queries_of, path, most):
    load()
    client = as_("manager")
    crowd(org, 3)
    client.get(path)
    few = queries_of(lambda: client.get(path))
    crowd(org, 30)
    client.get(path)
    assert queries_of(lambda: client.get(path)) == few <= most


def test_many_people_come_in_pages_and_the_export_has_all(org, as_):
    load()
    crowd(org, PEOPLE_PER_PAGE + 5)
    client = as_("manager")
    first, second = client.get("/matrix"), client.get("/matrix?page=2")
    assert "Page 1 of 2" in first.words()
    assert len(second.tree.xpath("//table//tbody/tr")) == 7
    assert len(client.get("/matrix.csv").text.splitlines()) == PEOPLE_PER_PAGE + 8


SENT = {
    "check-in": ("manager", "{page}/check-in", None, {"decision": "0", "reason": "Not yet"}),
    "prior-learning": (
        "manager",
        "{page}/prior-learning",
        None,
        {"level": "2", "valid_until": "2026-12-31", "note": "Sold before"},
    ),
    "rating": ("learner", "{page}", "/rating", {"confidence": "3", "interest": "4"}),
}


@pytest.mark.parametrize("which", SENT)
def test_a_form_pressed_again_a_moment_later_is_recorded_once_and_a_new_one_anew(org, as_, which):
    load()
    record(given(org.learner, K.QUIZ))
    kind, path, action, fields = SENT[which]
    client, path = as_(kind), path.format(page=page(org, "learner"))
    shown = client.get(path)
    before = len(queries_ledger.list_evidence(org.learner))
    recorded = []
    for minute, form in enumerate((shown, shown, client.get(path))):
        with time_machine.travel(NOW + timedelta(minutes=minute), tick=False):
            assert client.submit(form, action=action, **fields).status == 303
        db.session.rollback()
        recorded.append(len(queries_ledger.list_evidence(org.learner)) - before)
    once = len(fields) if which == "rating" else 1
    assert recorded == [once, once, 2 * once]
