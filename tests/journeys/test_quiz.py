"""Taking a quiz in a real browser: saving tells the truth, windows do not overwrite, a reload loses nothing."""

import pytest

from app import clock
from app.competency import queries as competency
from tests.quizzes.bank import ESSAY, GIFT, load

pytestmark = pytest.mark.journey


def saved(page):
    page.wait_for_selector("[data-save-state=saved]")


def begin(visitor):
    page = visitor.open("/quizzes/calm/check")
    page.click("main button:has-text('Start')")
    page.wait_for_url("**/attempts/*")
    return page


@pytest.mark.parametrize("scripts", [True, False])
def test_a_quiz_from_start_to_level(visit, org, scripts):
    load(shuffle=False)
    me = visit("learner", width=360, scripts=scripts)
    page = begin(me)
    for label in ("q-1-0", "q-2-0", "q-2-1", "q-3-0"):
        page.click(f"label[for={label}]")
    page.fill("#q-4", "words")
    page.fill("#q-5", "3")
    for index, option in enumerate(("Name it", "Wait", "Offer time")):
        page.select_option(f"#q-6-{index}", option)
    page.select_option("#q-8", "0")
    if scripts:
        saved(page)
        page.evaluate("scrollTo(0, 0)")  # what lies half behind the bar at the bottom is no small target
        assert me.problems() == []
        page.reload()
        assert page.input_value("#q-4") == "words"
    page.click("button[value=hand-in]")
    page.wait_for_url("**/hand-in")
    page.click("text=Hand in now")
    page.wait_for_url("**/review")
    assert "Passed" in page.inner_text("main")
    if scripts:
        assert me.problems() == []
    assert competency.level_of(org.learner, "keep-calm", clock.now()) == 1


def test_what_is_not_saved_is_said_and_retried(visit, org):
    load(shuffle=False)
    me = visit("learner")
    page = begin(me)
    page.route("**/answers", lambda route: route.abort())
    page.click("label[for=q-1-0]")
    page.wait_for_selector("[data-save-state=unsaved]")
    assert "Not saved, retrying" in page.inner_text(".attempt-bar")
    page.unroute("**/answers")
    saved(page)
    page.reload()
    assert page.is_checked("#q-1-0")


def test_two_windows_are_told_apart(visit, org):
    load(shuffle=False)
    me = visit("learner")
    first = begin(me)
    second = me.context.new_page()
    second.goto(first.url)
    second.click("label[for=q-1-1]")
    saved(second)
    first.click("label[for=q-1-2]")
    first.wait_for_selector("#question-1 [data-conflict]:visible")
    assert "Explain" in first.inner_text("#question-1 [data-conflict]")
    assert me.problems() == []
    first.click("#question-1 [data-keep]")
    first.wait_for_selector("#question-1 [data-conflict]", state="hidden")
    saved(first)
    second.reload()
    assert second.is_checked("#q-1-2")


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_grading_a_free_answer_holds_at_every_width(visit, org, width):
    load(gift=GIFT + ESSAY, shuffle=False)
    page = begin(visit("learner"))
    page.fill("main textarea", "I would name what I heard, then ask one question.")
    saved(page)
    page.click("button[value=hand-in]")
    page.wait_for_url("**/hand-in")
    page.click("text=Hand in now")
    page.wait_for_url("**/review")
    author = visit("author", width=width)
    author.open("/").click("a[href*='/grading/']")
    author.page.wait_for_url("**/grading/*")
    assert "I would name what I heard" in author.page.inner_text("main")
    assert author.problems() == []
