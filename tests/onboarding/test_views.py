from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from app import clock
from app.authoring.load import load
from app.authoring.reader import read_library
from app.competency.models import HeldLevel
from app.curriculum.service import complete_activity
from app.db import db, transaction
from app.notifications import queries as notices
from app.onboarding import queries, service
from app.onboarding.views import PEOPLE_PER_PAGE
from app.people import queries as people
from app.people.models import Person
from app.web.refusals import Conflict
from config import ROOT
from tests.support.at_once import twice_at_once
from tests.support.factories import make_person


@pytest.fixture
def hire(org):
    """The learner, enrolled in the small programme, ten days after their start."""
    library = read_library(ROOT / "tests/authoring/library").library
    now = clock.now()
    with transaction():
        load(library, "digest", now)
        today = now.astimezone(ZoneInfo("Europe/Berlin")).date()
        db.session.get_one(Person, org.learner).started_on = today - timedelta(days=10)
        db.session.get_one(Person, org.colleague).started_on = date(2020, 1, 1)
        service.enrol_new_hires(now)
    return queries.list_new_hires(now)[0].enrolment_id


def test_only_new_hires_of_the_job_role_are_enrolled_and_only_once(hire, org):
    with transaction():
        assert service.enrol_new_hires(clock.now()) == 0
    assert [h.person.person_id for h in queries.list_new_hires(clock.now())] == [org.learner]
    assert "Welcome: New hire" in [n.subject for n in notices.inbox(org.learner)]


def test_the_board_says_who_is_late_and_why(hire, as_):
    page = as_("hr").get("/onboarding")
    assert "Lena Okafor" in page.words()
    assert "Late" in page.words()
    assert "is 8 days overdue" in page.words()


def test_the_board_shows_at_once_what_has_changed(hire, as_, org):
    hr = as_("hr")
    assert "Lena Okafor" in hr.get("/onboarding").words("table")
    with transaction():
        learner = db.session.get_one(Person, org.learner)
        learner.name, learner.team_id = "Lena Renamed", org.sales_team
    page = hr.get("/onboarding")
    assert "Lena Renamed" in page.words("table") and "Okafor" not in page.words("table")
    team = page.tree.xpath("//select[@name='team']//option/@value")
    assert team == ["", str(org.sales_team)]
    assert "0/4" in page.words("table")
    as_("manager").post(f"/onboarding/{hire}/steps/talk/confirm")
    assert "1/4" in hr.get("/onboarding").words("table")


def test_a_step_completes_itself_when_its_module_is_done(hire, as_, org):
    before = next(s for s in queries.list_new_hires(clock.now())[0].standing.steps if s.step.id == "read")
    assert before.state == "overdue"
    with transaction():
        for activity in ("start", "check", "practice", "do-it"):
            complete_activity(org.learner, f"calm/{activity}", clock.now(), via="lesson")
    after = next(s for s in queries.list_new_hires(clock.now())[0].standing.steps if s.step.id == "read")
    assert after.state == "done"


def test_the_board_can_be_filtered_and_exported(hire, as_):
    hr = as_("hr")
    assert "Nobody to show" in hr.get("/onboarding?risk=done").words()
    text = hr.get("/onboarding.csv").text
    assert "Lena Okafor" in text
    assert "Late" in text


def test_the_board_is_filtered_by_start_and_team_and_comes_in_pages(hire, as_, org):
    hr, today = as_("hr"), clock.now().date()
    with transaction():
        job = db.session.get_one(Person, org.learner).job_role_key
        for number in range(PEOPLE_PER_PAGE):
            make_person(
                f"New Hire {number:02}",
                team_id=org.sales_team,
                job_role_key=job,
                started_on=today - timedelta(days=70),
            )
        service.enrol_new_hires(clock.now())
    first, second = hr.get("/onboarding"), hr.get("/onboarding?page=2")
    assert "Page 1 of 2" in first.words() and "26 new hires" in first.words()
    rows = [len(page.tree.xpath("//table//tbody/tr")) for page in (first, second)]
    assert rows == [PEOPLE_PER_PAGE, 1]
    assert "Late" in first.words(".stats") and "26" in first.words(".stats")
    cohort = f"{today - timedelta(days=10):%Y-%m}"
    for query, seen in ((f"cohort={cohort}", True), (f"team={org.support_team}", True), (f"team={org.sales_team}", False), ("cohort=1999-01", False)):  # fmt: skip
        assert ("Lena Okafor" in hr.get(f"/onboarding?{query}").words()) is seen
        assert ("Lena Okafor" in hr.get(f"/onboarding.csv?{query}").text) is seen
    assert len(hr.get("/onboarding.csv").text.splitlines()) == PEOPLE_PER_PAGE + 2


def test_managers_see_their_own_people_only(hire, as_):
    assert "Lena Okafor" in as_("manager").get("/onboarding").words()
    assert "Lena Okafor" not in as_("other_manager").get("/onboarding").words()
    assert "Lena Okafor" not in as_("other_manager").get("/onboarding.csv").text


@pytest.mark.parametrize(
    ("kind", "status"),
    [("learner", 200), ("manager", 200), ("hr", 200), ("colleague", 404), ("host", 404), ("other_manager", 404),
     ("author", 404), ("admin", 404), ("nobody", 303)],
)  # fmt: skip
def test_a_list_is_for_the_new_hire_their_line_and_hr(hire, as_, kind, status):
    assert as_(kind).get(f"/onboarding/{hire}").status == status


@pytest.mark.parametrize("kind", ["learner", "colleague", "host", "author", "admin"])
def test_the_board_is_for_hr_and_managers(hire, as_, kind):
    assert as_(kind).get("/onboarding").status == 403
    assert as_(kind).get("/onboarding.csv").status == 403


def test_a_nudge_reaches_the_new_hire_once_a_day(hire, as_, org):
    hr = as_("hr")
    page = hr.get(f"/onboarding/{hire}")
    assert hr.submit(page, action="/nudge").status == 303
    assert hr.post(f"/onboarding/{hire}/nudge").status == 409
    subjects = [n.subject for n in notices.inbox(org.learner)]
    assert sum(s.startswith("A reminder from Hanna Reyes") for s in subjects) == 1


@pytest.mark.parametrize("kind", ["learner", "colleague", "host", "other_manager"])
def test_others_cannot_nudge(hire, as_, kind):
    assert as_(kind).post(f"/onboarding/{hire}/nudge").status in {403, 404}


@pytest.mark.parametrize(
    ("kind", "status"),
    [("manager", 303), ("learner", 403), ("hr", 403), ("colleague", 404), ("other_manager", 404)],
)
def test_a_step_is_ticked_only_by_whom_it_names(hire, as_, kind, status):
    assert as_(kind).post(f"/onboarding/{hire}/steps/talk/confirm").status == status
    done = {s.step.id for s in queries.list_new_hires(clock.now())[0].standing.steps if s.state == "done"}
    assert ("talk" in done) is (status == 303)


def test_a_step_with_evidence_cannot_be_ticked(hire, as_):
    assert as_("manager").post(f"/onboarding/{hire}/steps/read/confirm").status == 404


def test_reminders_are_sent_once(hire, org):
    now = clock.now()
    with transaction():
        db.session.get_one(Person, org.learner).started_on = now.date()
    for _ in range(2):
        with transaction():
            service.remind_due(now)
    subjects = [n.subject for n in notices.inbox(org.learner) if n.subject.startswith("Due ")]
    assert len(subjects) == len(set(subjects))


def test_a_changed_programme_is_a_new_version_and_keeps_ticks(hire, as_, org, tmp_path):
    import shutil

    as_("manager").post(f"/onboarding/{hire}/steps/talk/confirm")
    root = tmp_path / "library"
    shutil.copytree(ROOT / "tests/authoring/library", root)
    path = root / "curricula/programmes/hire.yaml"
    path.write_text(path.read_text().replace("First talk", "The first talk"))
    db.session.rollback()
    with transaction():
        changes = load(read_library(root).library, "digest", clock.now())
    assert changes == ["programme hire: version 2"]
    steps = {s.step.title: s.state for s in queries.list_new_hires(clock.now())[0].standing.steps}
    assert steps["The first talk"] == "done"


def test_the_board_costs_the_same_for_many(hire, org, as_, queries_of):
    few = queries_of(lambda: as_("hr").get("/onboarding"))
    with transaction():
        for person in (org.colleague,):
            db.session.get_one(Person, person).started_on = clock.now().date()
        service.enrol_new_hires(clock.now())
    assert queries_of(lambda: as_("hr").get("/onboarding")) <= few


def test_a_standing_follows_whatever_it_hangs_on_at_once(hire, org):
    now = clock.now()

    def standing(at=now):
        db.session.rollback()
        return queries.list_new_hires(at)[0].standing

    before = standing()
    assert standing() == before
    assert standing(now + timedelta(days=1)).reasons[0].days == before.reasons[0].days + 1
    with transaction():
        db.session.get_one(Person, org.learner).weekly_budget_minutes = 0
    assert {each.budget_minutes for each in standing().reasons if each.minutes} == {0}
    with transaction():
        db.session.get_one(Person, org.learner).weekly_budget_minutes = 600
    assert not [each for each in standing().reasons if each.minutes]
    with transaction():
        service.confirm_step(people.actor_for(org.manager, now), hire, "talk", now)
    assert [s.step.id for s in standing().steps if s.state == "done"] == ["talk"]
    assert [s.step.id for s in before.steps if s.state == "done"] == []


def test_a_new_hire_is_kept_as_long_as_nothing_differs(hire, org):
    now = clock.now()

    def read(at=now):
        db.session.rollback()
        return queries.list_new_hires(at)[0]

    before = read()
    assert read() is before
    assert read(now + timedelta(days=1)) is not before
    for column, value in (
        ("name", "Lena Renamed"),
        ("weekly_budget_minutes", 7),
        ("time_zone", "Asia/Tokyo"),
    ):
        with transaction():
            setattr(db.session.get_one(Person, org.learner), column, value)
        assert getattr(read().person, column) == value
    with transaction():
        complete_activity(org.learner, "calm/start", now, via="lesson")
    done = read()
    assert done.standing.reasons != before.standing.reasons
    with transaction():
        service.nudge(people.actor_for(org.hr, now), hire, now)
    assert (done.nudged_at, read().nudged_at) == (None, now)


def test_a_step_of_a_competency_follows_the_highest_level_at_once(hire, org):
    def reached():
        db.session.rollback()
        steps = queries.list_new_hires(clock.now())[0].standing.steps
        return [each.step.id for each in steps if each.step.rule == "competency" and each.state == "done"]

    [step] = [
        each.step
        for each in queries.list_new_hires(clock.now())[0].standing.steps
        if each.step.rule == "competency"
    ]
    assert reached() == []
    for level in (step.level - 1, step.level):
        with transaction():
            db.session.merge(
                HeldLevel(
                    person_id=org.learner,
                    competency_id=step.target,
                    highest_held=level,
                    computed_at=clock.now(),
                )
            )
        assert reached() == ([step.id] if level == step.level else [])


def test_a_nudge_pressed_twice_at_once_reminds_once(app, hire, org):
    now = clock.now()
    hr = people.actor_for(org.hr, now)
    db.session.rollback()
    came = twice_at_once(app, lambda: service.nudge(hr, hire, now))
    assert sorted(type(each) for each in came if each is not None) == [Conflict]
    assert sum(n.subject.startswith("A reminder") for n in notices.inbox(org.learner)) == 1


def test_a_step_ticked_twice_at_once_is_ticked(app, hire, org):
    now = clock.now()
    manager = people.actor_for(org.manager, now)
    db.session.rollback()
    assert twice_at_once(app, lambda: service.confirm_step(manager, hire, "talk", now)) == [None, None]


def test_a_tick_counts_on_the_day_of_the_new_hire(hire, org):
    ticked_at = clock.now().replace(hour=18, minute=0) + timedelta(days=1)  # the next morning in Auckland
    with transaction():
        db.session.get_one(Person, org.learner).time_zone = "Pacific/Auckland"
        service.confirm_step(people.actor_for(org.manager, ticked_at), hire, "talk", ticked_at)
    [found] = queries.list_new_hires(ticked_at + timedelta(days=8))
    assert [each.days for each in found.standing.reasons if each.kind == "idle"] == [8]
