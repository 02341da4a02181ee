"""Pages of role-plays and sign-offs: what each kind of person sees, and who is turned away."""

from __future__ import annotations

import pytest

from app import clock
from app.competency.inputs import EvidenceInput
from app.competency.kinds import EvidenceKind
from app.competency.service import record_evidence
from app.db import transaction
from app.people.queries import actor_for
from app.roleplays import queries, service_scoring
from app.roleplays.queries_waiting import waiting_for
from app.roleplays.states import RoundState, SheetState
from app.roleplays.views_base import emphasis
from tests.roleplays.support import KEY, TASK, ask, give_level, load_files, score, sheet_with, submit
from tests.roleplays.test_service import ask_sign_off

OVERVIEW, TASK_PAGE = f"/role-plays/{KEY}", f"/tasks/{TASK}"
SECRETS = ("The invoice address changed", "Be loud, then fair", "Being interrupted")
KINDS = [
    "learner",
    "colleague",
    "manager",
    "host",
    "other",
    "other_manager",
    "hr",
    "author",
    "admin",
    "nobody",
]


@pytest.fixture
def loaded(org):
    load_files()
    for who in (org.host, org.other):
        give_level(who, org.hr)
    return org


def test_the_learner_sees_the_scene_but_not_what_is_hidden(loaded, as_):
    page = as_("learner").get(OVERVIEW)
    assert "An invoice is wrong for the third time." in page.words()
    assert "Take the call." in page.words()
    assert not any(secret in page.text for secret in SECRETS)
    assert "Hiro 田中" in page.words() and "Mara Lindqvist" not in page.words()


def test_asking_scoring_and_reading_feedback(loaded, as_):
    learner, host = as_("learner"), as_("host")
    page = learner.submit(learner.get(OVERVIEW), action="/ask", assessor_id=str(loaded.host))
    assert page.location == OVERVIEW
    assert "Under way" in learner.get(OVERVIEW).words()
    waiting = host.get("/assessments")
    [sheet] = [link for link in waiting.links() if link.startswith("/assessments/") and "new" not in link]
    page = host.get(sheet)
    assert all(secret in page.text for secret in SECRETS)
    answer = host.submit(
        page,
        action=sheet,
        button="act=submit",
        **{"score:listens": "2", "note:listens": "You let her finish", "global_rating": "2"},
    )
    assert answer.location.startswith("/role-plays/rounds/")
    assert host.get(sheet).location == answer.location
    feedback = learner.get(answer.location).words()
    for words in (
        "Not yet",
        "Lets her finish",
        "One level up: Sums up",
        "You let her finish",
        "Play it again",
    ):
        assert words in feedback
    assert answer.location in learner.get(OVERVIEW).links()


def test_an_unfinished_sheet_is_kept_and_says_what_is_missing(loaded, as_):
    _round, sheet_id = ask(loaded.learner, loaded.host)
    host = as_("host")
    page = host.get(f"/assessments/{sheet_id}")
    answer = host.submit(page, action=f"/{sheet_id}", button="act=submit", **{"note:listens": "Kept"})
    assert answer.status == 422
    assert "choose a level or “Not assessed”" in answer.words()
    assert "Kept" in host.get(f"/assessments/{sheet_id}").text


def test_each_change_is_saved_and_a_submitted_sheet_takes_none(loaded, as_):
    round_id, sheet_id = ask(loaded.learner, loaded.host)
    host = as_("host")
    save = f"/assessments/{sheet_id}/save"
    assert host.post(save, {"score:listens": "3"}).status == 204
    assert host.post(save, {"note:listens": "Well done"}).status == 204
    assert host.post(save, {"score:listens": "9"}).status == 400
    sheet = queries.find_round(round_id).sheets[0].sheet
    assert (dict(sheet.scores), dict(sheet.notes)) == ({"listens": 3}, {"listens": "Well done"})
    submit(loaded.host, sheet_id, sheet_with(3))
    assert host.post(save, {"score:listens": "0"}).status == 409


def test_the_clock_runs_without_scripts(loaded, as_):
    round_id, sheet_id = ask(loaded.learner, loaded.host)
    host = as_("host")
    assert host.submit(host.get(f"/assessments/{sheet_id}"), "/clock", "act=start").status == 303
    assert queries.find_round(round_id).sheets[0].clock_started_at is not None
    json = {"Accept": "application/json"}
    answer = host.post(f"/assessments/{sheet_id}/clock", {"act": "stop", "seconds": "61"}, headers=json)
    assert answer.status == 204
    assert "1:01" in host.get(f"/assessments/{sheet_id}").words()
    assert host.post(f"/assessments/{sheet_id}/clock", {"act": "explode"}).status == 400


def test_observers_do_not_see_each_other_before_they_submit(loaded, as_):
    round_id, one = ask(loaded.learner, loaded.host)
    _round, two = ask(loaded.learner, loaded.other)
    submit(loaded.host, one, sheet_with(2, "Rushed the start"))
    other = as_("other")
    for path in (f"/role-plays/rounds/{round_id}", f"/assessments/{two}"):
        assert "Rushed the start" not in other.get(path).text
        assert "Lets her finish" not in other.get(f"/role-plays/rounds/{round_id}").text
    submit(loaded.other, two, sheet_with(3))
    assert "Rushed the start" in other.get(f"/role-plays/rounds/{round_id}").text


def test_the_line_reads_the_result_without_the_notes(loaded, as_):
    found = score(loaded.learner, (loaded.host, 3))
    learner_page = as_("learner").get(f"/role-plays/rounds/{found.id}").text
    manager_page = as_("manager").get(f"/role-plays/rounds/{found.id}").text
    assert "Keep going" in learner_page and "Keep going" not in manager_page
    assert "Passed" in manager_page


def test_reconciling_by_page(loaded, as_):
    found = score(loaded.learner, (loaded.host, 2), (loaded.other, 4))
    path = f"/role-plays/rounds/{found.id}/reconcile"
    host, other = as_("host"), as_("other")
    assert "It counts once you have decided together" in host.get(f"/role-plays/rounds/{found.id}").words()
    assert host.post(path, {"score:listens": "3"}).status == 422
    assert host.submit(host.get(path), "/reconcile", note="We talked", **{"score:listens": "3"}).status == 303
    assert "It waits for: Olga Petrova" in host.get(path).words()
    assert other.submit(other.get(path), "/agree").status == 303
    assert queries.find_round(found.id).state is RoundState.DONE
    assert host.get(path).status == 409
    assert "We talked" in as_("learner").get(f"/role-plays/rounds/{found.id}").words()


def test_calling_in_another_observer(loaded, as_):
    round_id, _sheet = ask(loaded.learner, loaded.host)
    host = as_("host")
    page = host.get(f"/role-plays/rounds/{round_id}")
    assert host.submit(page, "/observers", assessor_id=str(loaded.other)).status == 303
    assert [s.assessor_id for s in queries.find_round(round_id).sheets] == [loaded.host, loaded.other]
    assert (
        host.post(f"/role-plays/rounds/{round_id}/observers", {"assessor_id": str(loaded.hr)}).status == 303
    )
    assert len(queries.find_round(round_id).sheets) == 2


def test_the_learner_rates_the_feedback(loaded, as_):
    found = score(loaded.learner, (loaded.host, 3))
    learner = as_("learner")
    path = f"/role-plays/rounds/{found.id}"
    assert learner.submit(learner.get(path), "/rating", rating="4").status == 303
    assert "You rated this feedback 4 of 5." in learner.get(path).words()
    sheet_id = str(found.sheets[0].id)
    assert learner.post(f"{path}/rating", {"sheet_id": sheet_id, "rating": "1"}).status == 409
    assert learner.post(f"{path}/rating", {"sheet_id": "999", "rating": "1"}).status == 404


def test_an_assessor_or_manager_starts_one(loaded, as_):
    query = f"?module=calm&activity=practice&learner={loaded.learner}"
    host = as_("host")
    answer = host.submit(host.get(f"/assessments/new{query}"), assessor_id=str(loaded.host))
    assert answer.location.startswith("/assessments/")
    manager = as_("manager")
    page = manager.get(f"/assessments/new{query}")
    assert "Mara Lindqvist" not in page.words("main form:last-of-type")
    answer = manager.submit(page, assessor_id=str(loaded.other))
    assert answer.location.startswith("/role-plays/rounds/")
    found = queries.live_round(loaded.learner, KEY)
    assert {s.assessor_id for s in found.sheets} == {loaded.host, loaded.other}


def test_the_manager_stands_in_where_nobody_holds_the_level(org, as_):
    load_files()
    assert "Nobody is at level 3 yet" in as_("learner").get(OVERVIEW).words()
    manager = as_("manager")
    page = manager.get(f"/assessments/new?module=calm&activity=practice&learner={org.learner}")
    assert "stands in with the rubric" in page.words()
    assert manager.submit(page, assessor_id=str(org.manager)).location.startswith("/assessments/")


def test_declining_tells_why(loaded, as_):
    _round, sheet_id = ask(loaded.learner, loaded.host)
    host = as_("host")
    page = host.get(f"/assessments/{sheet_id}/decline")
    assert host.submit(page, reason="On leave").location == "/assessments"
    assert host.get(f"/assessments/{sheet_id}").location == "/assessments"


def test_taking_a_request_back(loaded, as_):
    round_id, _sheet = ask(loaded.learner, loaded.host)
    learner = as_("learner")
    assert learner.submit(learner.get(OVERVIEW), "/take-back").status == 303
    assert queries.find_round(round_id).sheets[0].state is SheetState.DECLINED
    assert "Ask for an assessor" in learner.get(OVERVIEW).words()


def test_a_second_request_waits_for_the_first(loaded, as_):
    ask(loaded.learner, loaded.host)
    assert as_("learner").post(f"{OVERVIEW}/ask", {"assessor_id": str(loaded.other)}).status == 409


def test_someone_who_does_not_qualify_cannot_be_asked(loaded, as_):
    as_("learner").post(f"{OVERVIEW}/ask", {"assessor_id": str(loaded.colleague)})
    assert queries.live_round(loaded.learner, KEY) is None


def test_asking_for_and_giving_a_sign_off(loaded, as_):
    learner, host = as_("learner"), as_("host")
    page = learner.get(TASK_PAGE)
    assert learner.submit(page, "/ask", signer_id=str(loaded.host), what="Ticket 4711").status == 303
    [link] = [link for link in host.get("/assessments").links() if link.startswith("/sign-offs/")]
    page = host.get(link)
    assert "Ticket 4711" in page.words()
    assert host.submit(page, answer="sign", note="").status == 422
    assert host.submit(page, answer="sign", note="Let her finish").status == 303
    assert "Signed off" in host.get(link).words()
    told = learner.get(TASK_PAGE).words()
    assert "Let her finish" in told and "1 of 3" in told
    assert learner.get("/modules/calm/do-it").location == TASK_PAGE


def test_an_hour_signed_off_elsewhere_completes_the_task_without_a_second_signature(loaded, as_):
    learner = as_("learner")
    assert learner.post(f"{TASK_PAGE}/complete").status == 409
    now = clock.now()
    given = EvidenceInput(
        loaded.learner,
        "keep-calm",
        EvidenceKind.ASSIST,
        "session_sign_off",
        "1",
        now,
        assessor_id=loaded.host,
    )
    with transaction():
        record_evidence(given, now)
    page = learner.get(TASK_PAGE)
    assert "Signed off already" in page.words() and "1 of 3" in page.words()
    assert learner.submit(page, "/complete").location == "/modules/calm"
    assert "Signed off already" not in learner.get(TASK_PAGE).words()
    assert as_("colleague").post(f"{TASK_PAGE}/complete").status == 409


def test_pages_keep_their_query_count(loaded, as_, queries_of):
    def count(kind, path):
        client = as_(kind)
        client.get(path)
        return queries_of(lambda: client.get(path))

    score(loaded.learner, (loaded.host, 3))
    ask(loaded.colleague, loaded.host)
    pages = [("host", "/assessments"), ("learner", OVERVIEW)]
    before = [count(*page) for page in pages]
    for _again in range(4):
        score(loaded.learner, (loaded.host, 3))
        score(loaded.manager, (loaded.host, 2))
    ask(loaded.manager, loaded.host)
    assert [count(*page) for page in pages] == before
    assert max(before) <= 20


@pytest.fixture
def objects(loaded):
    """A settled round of the learner's, a live one with a draft of the host's, and a sign-off to the host."""
    found = score(loaded.learner, (loaded.host, 3))
    live, draft = ask(loaded.learner, loaded.host)
    return {
        "round": found.id,
        "sheet": draft,
        "live": live,
        "sign": ask_sign_off(loaded, loaded.host),
        "other": loaded.other,
        "learner": loaded.learner,
    }


GETS = [
    ("/role-plays/rounds/{round}", {"learner", "manager", "host", "hr"}),
    ("/role-plays/rounds/{live}", {"learner", "manager", "host", "hr"}),
    ("/role-plays/rounds/{round}/reconcile", set()),
    ("/assessments/{sheet}", {"host"}),
    ("/assessments/{sheet}/decline", {"host"}),
    ("/sign-offs/{sign}", {"host"}),
    ("/assessments", set(KINDS) - {"nobody"}),
    (OVERVIEW, set(KINDS) - {"nobody"}),
    (TASK_PAGE, set(KINDS) - {"nobody"}),
    ("/assessments/new", set(KINDS) - {"nobody"}),
]


@pytest.mark.parametrize(("path", "may"), GETS)
def test_who_may_read(objects, as_, path, may):
    for kind in KINDS:
        answer = as_(kind).get(path.format(**objects))
        if kind == "nobody":
            assert answer.location.startswith("/sign-in"), path
        else:
            assert (answer.status == 200) == (kind in may), (path, kind, answer.status)


POSTS = [
    ("/assessments/{sheet}", {"act": "save", "score:listens": "1"}, {"host"}),
    ("/assessments/{sheet}/save", {"score:listens": "1"}, {"host"}),
    ("/assessments/{sheet}/clock", {"act": "start"}, {"host"}),
    ("/assessments/{sheet}/decline", {"reason": ""}, {"host"}),
    ("/sign-offs/{sign}", {"answer": "sign", "note": "Seen"}, {"host"}),
    ("/sign-offs/{sign}/withdraw", {}, {"learner"}),
    ("/role-plays/rounds/{round}/rating", {"sheet_id": "1", "rating": "4"}, {"learner"}),
    ("/role-plays/rounds/{live}/take-back", {"sheet_id": "{sheet}"}, {"learner", "manager", "hr"}),
    ("/role-plays/rounds/{live}/observers", {"assessor_id": "{other}"}, {"host", "manager", "hr"}),
    ("/role-plays/rounds/{round}/reconcile", {"score:listens": "1", "note": "x"}, set()),
    ("/role-plays/rounds/{round}/agree", {"score:listens": "1"}, set()),
    (
        "/assessments/new?module=calm&activity=practice&learner={learner}",
        {"assessor_id": "{other}"},
        {"manager", "host", "other", "hr"},
    ),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", POSTS, ids=lambda case: case[0])
def test_who_may_write(objects, as_, kind, case):
    path, data, may = case
    sent = {key: value.format(**objects) for key, value in data.items()}
    answer = as_(kind).post(path.format(**objects), sent)
    if kind == "nobody":
        assert answer.status in {303, 401}
        assert answer.status == 401 or answer.location.startswith("/sign-in")
    else:
        assert (answer.status in {204, 303}) == (kind in may), (answer.status, answer.location)


def test_what_is_written_shows_in_the_assessors_list_as_begun(loaded, as_):
    _round, sheet_id = ask(loaded.learner, loaded.host)
    now = clock.now()
    with transaction():
        service_scoring.save_sheet(actor_for(loaded.host, now), sheet_id, sheet_with(2))
    assert [w.kind for w in waiting_for(actor_for(loaded.host, now), clock.now())] == ["draft"]
    assert "Begun" in as_("host").get("/assessments").words()


@pytest.mark.parametrize(
    ("words", "html"),
    [
        ("say *again* once", "say <em>again</em> once"),
        ("2 * 3", "2 * 3"),
        ("<b>*x*", "&lt;b&gt;<em>x</em>"),
        ("*<i>*", "<em>&lt;i&gt;</em>"),
    ],
)
def test_stressed_words_are_marked_and_nothing_else_is_let_through(words, html):
    assert emphasis(words) == html
