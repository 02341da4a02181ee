"""A role-play in a real browser: scored on a tablet, with the network gone for a while, read by the learner."""

from __future__ import annotations

import pytest

from app.roleplays import queries
from tests.roleplays.support import KEY, TASK, ask, give_level, load_files, score
from tests.roleplays.test_service import ask_sign_off
from tests.support.browser import THEMES, WIDTHS

pytestmark = pytest.mark.journey


@pytest.fixture
def loaded(org):
    load_files()
    for who in (org.host, org.other):
        give_level(who, org.hr)
    return org


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_of_role_plays_hold_at_every_width_and_theme(loaded, visit, width, theme):
    done = score(loaded.learner, (loaded.host, 2))
    apart = score(loaded.colleague, (loaded.host, 1), (loaded.other, 3))
    _round, sheet_id = ask(loaded.learner, loaded.host)
    sign_off_id = ask_sign_off(loaded, loaded.host)
    pages = {
        "learner": [f"/role-plays/{KEY}", f"/role-plays/rounds/{done.id}", f"/tasks/{TASK}"],
        "host": [
            "/assessments",
            f"/assessments/new?role_play={KEY}&learner={loaded.colleague}",
            f"/assessments/{sheet_id}",
            f"/assessments/{sheet_id}/decline",
            f"/role-plays/rounds/{apart.id}",
            f"/role-plays/rounds/{apart.id}/reconcile",
            f"/sign-offs/{sign_off_id}",
        ],
        "manager": [f"/role-plays/rounds/{done.id}"],
    }
    for kind, paths in pages.items():
        visitor = visit(kind, width=width, theme=theme)
        for path in paths:
            visitor.open(path)
            assert visitor.problems() == [], path


def test_a_sheet_survives_a_lost_connection_a_reload_and_is_submitted_once(loaded, visit):
    round_id, sheet_id = ask(loaded.learner, loaded.host)
    visitor = visit("host", width=768)
    page = visitor.open(f"/assessments/{sheet_id}")
    page.click("label[for=score-listens-2]")
    page.wait_for_selector("[data-save-state=saved]")
    visitor.context.set_offline(True)
    page.click("label[for=score-listens-3]")
    page.fill("#note-listens", "Summed up twice")
    page.wait_for_selector("[data-save-state=unsaved]")
    visitor.context.set_offline(False)
    page.wait_for_selector("[data-save-state=saved]")
    visitor.context.set_offline(True)
    page.fill("#overall_note", "Keep the pause")
    page.wait_for_selector("[data-save-state=unsaved]")
    page.on("dialog", lambda dialog: dialog.accept())
    visitor.context.set_offline(False)
    page.goto("/assessments")
    page.goto(f"/assessments/{sheet_id}")
    assert page.input_value("#overall_note") == "Keep the pause"
    assert page.is_checked("#score-listens-3")
    assert page.input_value("#note-listens") == "Summed up twice"
    page.click("label[for=global_rating-3]")
    page.click("button[value=submit]")
    page.wait_for_url(f"**/role-plays/rounds/{round_id}")
    found = queries.find_round(round_id)
    assert (found.passed, found.sheets[0].sheet.overall_note) == (True, "Keep the pause")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_stop_watch_runs_with_and_without_scripts(loaded, visit, scripts):
    round_id, sheet_id = ask(loaded.learner, loaded.host)
    page = visit("host", width=768, scripts=scripts).open(f"/assessments/{sheet_id}")
    page.click(".stopwatch button:has-text('Start')")
    page.wait_for_selector(".stopwatch button:has-text('Stop')")
    page.click(".stopwatch button:has-text('Stop')")
    page.wait_for_selector(".stopwatch button:not(:has-text('Stop'))")
    page.wait_for_load_state("networkidle")
    assert queries.find_round(round_id).sheets[0].clock_started_at is None


def test_a_role_play_is_scored_without_scripts(loaded, visit):
    round_id, sheet_id = ask(loaded.learner, loaded.host)
    page = visit("host", width=360, scripts=False).open(f"/assessments/{sheet_id}")
    page.click("label[for=score-listens-4]")
    page.click("button[value=save]")
    page.wait_for_selector("text=Saved. Nothing counts")
    page.click("label[for=global_rating-4]")
    page.click("button[value=submit]")
    page.wait_for_url(f"**/role-plays/rounds/{round_id}")
    learner = visit("learner", width=360, scripts=False).open(f"/role-plays/rounds/{round_id}")
    assert "Passed" in learner.inner_text("main")
