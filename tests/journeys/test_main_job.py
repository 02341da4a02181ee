"""The main job as people do it: learn and see the matrix change; shadow and have it count; watch a new hire.

Each journey runs with scripts and, the same steps, without.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from app.competency import queries as competency
from app.db import db, transaction
from app.onboarding import service as onboarding
from app.people.models import Person
from app.people.passwords import hash_password
from app.scheduling.models_sessions import ShadowSession
from tests.roleplays.support import give_level, load_files

pytestmark = pytest.mark.journey
PASSWORD = "correct horse battery"  # noqa: S105 - of people who do not exist

EMAILS = {
    kind: f"{name}@example.com"
    for kind, name in {"learner": "lena", "manager": "mara", "host": "hiro", "hr": "hanna"}.items()
}


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def enter(request, visit, org):
    """Sign in as a kind of person through the page; `sound` then checks each page that is shown."""
    load_files()
    with transaction():
        hashed = hash_password(PASSWORD)
        for kind in ("learner", "manager", "host", "hr"):
            db.session.get_one(Person, getattr(org, kind)).password_hash = hashed

    def sign_in(kind: str, width: int = 1440):
        visitor = visit(width=width, scripts=request.param)
        page = visitor.open("/sign-in")
        page.fill("#email", EMAILS[kind])
        page.fill("#password", PASSWORD)
        page.click("main form button[type=submit]")
        page.wait_for_url("**/")
        visitor.scripts = request.param
        sound(visitor)
        return visitor, page

    return sign_in


def sound(visitor) -> None:
    """The page shown breaks no rule; axe itself needs scripts, so it looks on the run that has them."""
    if visitor.scripts:
        visitor.page.evaluate("scrollTo(0, 0)")
        assert visitor.problems() == [], visitor.page.url


def answer_quiz(page) -> None:
    for words in ("Listen", "True"):
        page.get_by_label(words, exact=True).check(force=True)


def test_an_employee_learns_and_the_matrix_changes_and_says_why(enter, org):
    me, page = enter("learner", width=360)
    page.goto("/my/matrix")
    sound(me)
    page.goto("/learn")
    sound(me)
    page.locator("main a[href='/modules/calm']").first.click()
    page.wait_for_url("**/modules/calm")
    sound(me)
    page.locator("main a[href='/modules/calm/start']").first.click()
    page.wait_for_url("**/modules/calm/start")
    sound(me)
    page.locator("form[action$='/read'] button").click()
    page.wait_for_url("**/quizzes/calm/check")
    sound(me)
    page.locator("form[action$='/start'] button").click()
    page.wait_for_url("**/attempts/*")
    answer_quiz(page)
    if me.scripts:
        page.wait_for_selector("[data-save-state=saved]")
    else:
        with page.expect_navigation():  # back to the same address, which no wait for an address can tell
            page.click("button[value=save]")
    page.reload()
    assert page.get_by_label("Listen", exact=True).is_checked()
    sound(me)
    page.click("button[value=hand-in]")
    page.wait_for_url("**/hand-in")
    sound(me)
    page.click("text=Hand in now")
    page.wait_for_url("**/review")
    assert "Passed" in page.inner_text("main")
    sound(me)
    assert competency.level_of(org.learner, "keep-calm", clock.now()) == 1
    page.goto(f"/people/{org.learner}/competencies/keep-calm")
    words = page.inner_text("main")
    assert "Level 1" in words or "1 ·" in words
    assert "quiz" in words.lower()
    sound(me)
    assert "2 of 4" in page.goto("/modules/calm").text()


def test_shadowing_from_proposal_to_evidence(enter, org):
    for each in ("keep-calm", "sell-well"):
        give_level(org.host, org.hr, competency_id=each)
    manager, page = enter("manager")
    monday = clock.now().date() + timedelta(days=7 - clock.now().weekday())
    asked = "competency=sell-well&mode=observe&minutes=60&kind=shadowing"
    page.goto(f"/sessions/new?learner={org.learner}&{asked}&week={monday}")
    sound(manager)
    page.goto(f"/sessions/new?learner={org.learner}&host={org.host}&{asked}&week={monday}")
    page.locator("input[name=start]").first.check(force=True)
    page.fill("textarea[name=note]", "The renewal desk")
    sound(manager)
    page.click("text=Send invitations")
    page.wait_for_url("**/sessions/*")
    assert "The renewal desk" in page.inner_text("main")
    sound(manager)
    address = page.url.removeprefix(manager.site)
    for kind in ("learner", "host"):
        asked_one, theirs = enter(kind, width=360)
        theirs.goto(address)
        sound(asked_one)
        theirs.locator("form[action$='/accept'] button").click()
        theirs.wait_for_selector("form[action$='/accept']", state="detached")
        sound(asked_one)
    page.goto(address)
    assert "Agreed" in page.inner_text("main")
    time_passes(int(address.rsplit("/", 1)[1]))
    for kind in ("learner", "host"):
        writer, theirs = enter(kind, width=360)
        theirs.goto(address)
        sound(writer)
        theirs.fill("textarea[name=saw]", f"{kind} saw a call about seats")
        theirs.fill("textarea[name=learned]", "Ask one open question")
        theirs.fill("textarea[name=next_step]", "Assist next week")
        if kind == "learner":
            theirs.locator("input[name=rating][value='5']").check(force=True)
        theirs.click("text=Send the debrief")
        theirs.wait_for_load_state("networkidle")
        sound(writer)
    assert "learner saw a call" in theirs.inner_text("main")
    page.goto(address)
    assert "learner saw a call" not in page.inner_text("main")
    page.goto(f"/people/{org.learner}/competencies/sell-well")
    assert "shadow" in page.inner_text("main").lower()
    sound(manager)


def time_passes(session_id: int) -> None:
    """Let the session lie a week back."""
    with transaction():
        row = db.session.get_one(ShadowSession, session_id)
        back = timedelta(days=14)
        row.starts_at, row.ends_at = row.starts_at - back, row.ends_at - back


def test_hr_watches_a_new_hire_and_sends_a_reminder_that_is_mailed(enter, org):
    now = clock.now()
    hr, page = enter("hr")
    page.goto("/people/new")
    sound(hr)
    page.fill("#name", "Nova Nováková")
    page.fill("#email", "nova@example.com")
    page.select_option("#team", str(org.support_team))
    page.select_option("#job_role", "support-agent")
    page.fill("#manager", "mara@example.com")
    page.fill("#started_on", (now.date() - timedelta(days=20)).isoformat())
    page.click("main form >> text=Save")
    page.wait_for_selector("h1:has-text('Nova')")
    with transaction():
        onboarding.enrol_new_hires(now)
    page.goto("/onboarding")
    words = page.inner_text("main")
    assert "Nova Nováková" in words
    assert "Late" in words
    sound(hr)
    page.click("main a:has-text('Nova')")
    page.wait_for_selector("h1:has-text('Nova')")
    sound(hr)
    page.click("text=Send a reminder")
    page.wait_for_selector("text=Reminder sent")
    sound(hr)
    page.goto("/-/mail")
    assert "nova@example.com" in page.inner_text("main")
    sound(hr)
