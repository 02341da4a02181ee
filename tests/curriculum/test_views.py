from pathlib import Path

import pytest

from app import clock
from app.authoring.load import load
from app.authoring.reader import read_library
from app.competency import queries as competency
from app.curriculum import queries
from app.db import db, transaction
from config import ROOT

LIBRARY = ROOT / "tests/authoring/library"


def load_files(root: Path = LIBRARY) -> list[str]:
    library = read_library(root).library
    with transaction():
        return load(library, "digest", clock.now())


@pytest.fixture
def loaded(org):
    load_files()


def test_loading_again_changes_nothing(org):
    assert load_files()
    assert load_files() == []


def test_reading_a_lesson_moves_on_and_is_kept(loaded, as_, org):
    learner = as_("learner")
    page = learner.get("/modules/calm")
    assert "Start with listening" in page.words()
    lesson = learner.get("/modules/calm/start")
    assert 'href="/glossary#csat"' in lesson.text
    answer = learner.submit(lesson, action="/read")
    assert answer.location == "/quizzes/calm/check"
    assert "1 of 4 steps" in learner.get("/modules/calm").words()
    assert "0 of 4 steps" in as_("colleague").get("/modules/calm").words()


def test_reading_twice_counts_once(loaded, as_, org):
    learner = as_("learner")
    for _ in range(2):
        learner.post("/modules/calm/start/read")
    assert sum(step.done for step in queries.module_progress(org.learner)["calm"].steps) == 1
    assert competency.levels_of(org.learner, clock.now()).get("keep-calm") is None or (
        competency.level_of(org.learner, "keep-calm", clock.now()) == 0
    )


def test_a_quiz_cannot_be_marked_as_read(loaded, as_):
    assert as_("learner").post("/modules/calm/check/read").status == 404


def test_an_edit_is_a_new_version_and_keeps_progress(loaded, as_, org, tmp_path):
    import shutil

    as_("learner").post("/modules/calm/start/read")
    root = tmp_path / "library"
    shutil.copytree(LIBRARY, root)
    lesson = root / "content/calm/lessons/01-start.md"
    lesson.write_text(lesson.read_text().replace("## Listen", "## Listen well"))
    db.session.rollback()
    assert load_files(root) == ["module calm: version 2"]
    assert queries.module_progress(org.learner)["calm"].steps[0].done
    assert "Listen well" in as_("learner").get("/modules/calm/start").text


def test_a_module_that_left_the_files_is_retired_not_deleted(loaded, as_, org, tmp_path):
    import shutil

    as_("learner").post("/modules/calm/start/read")
    root = tmp_path / "library"
    shutil.copytree(LIBRARY, root)
    shutil.rmtree(root / "content/calm")
    for name, old, new in (
        ("curricula/paths/basics.yaml", "modules: [calm]", "modules: []"),
        ("curricula/programmes/hire.yaml", "module: calm", "confirm_by: hr"),
        ("curricula/framework.yaml", "    cheat_sheet: calm\n", ""),
    ):
        path = root / name
        path.write_text(path.read_text().replace(old, new))
    db.session.rollback()
    assert "module calm: retired" in load_files(root)
    assert as_("learner").get("/modules/calm").status == 404
    assert db.session.execute(db.text("SELECT count(*) FROM activity_completion")).scalar() == 1


def test_pictures_are_served_with_a_policy_that_runs_nothing(loaded, as_):
    page = as_("learner").get("/media/calm/ladder.svg")
    assert page.response.mimetype == "image/svg+xml"
    assert "sandbox" in page.response.headers["Content-Security-Policy"]
    assert as_("learner").get("/media/calm/nothing.svg").status == 404


def test_learn_lists_my_curricula_first(loaded, as_):
    assert "Basics" in as_("learner").get("/learn").words()
    assert "0 of 1 modules done" in as_("learner").get("/learn").words()


@pytest.mark.parametrize("path", ["/learn", "/modules/calm", "/modules/calm/start", "/media/calm/ladder.svg"])
def test_learning_needs_an_account(loaded, as_, path):
    assert as_("nobody").get(path).location.startswith("/sign-in")


def test_a_lesson_for_another_audience_is_no_part_of_my_module(org, as_, tmp_path):
    import shutil

    root = tmp_path / "library"
    shutil.copytree(LIBRARY, root)
    lesson = root / "content/calm/lessons/01-start.md"
    lesson.write_text(lesson.read_text().replace("minutes: 5", "minutes: 5\naudience: [sales]"))
    load_files(root)
    assert "Start with listening" not in as_("learner").get("/modules/calm").words()
    assert as_("learner").get("/modules/calm/start").status == 404
    assert "Start with listening" in as_("host").get("/modules/calm").words()
