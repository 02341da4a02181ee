import json

import pytest
from sqlalchemy import func, select

from app.db import db
from app.quizzes import formats, queries
from app.quizzes.models import QuestionVersion
from tests.quizzes.bank import GIFT, KEY, load, read


@pytest.fixture
def run(app, tmp_path):
    def run(*args, exit_code=0):
        db.session.rollback()
        result = app.test_cli_runner().invoke(args=["questions", *map(str, args), "--json"])
        assert result.exit_code == exit_code, result.output
        return json.loads(result.stdout)

    return run


@pytest.fixture
def file(tmp_path):
    def file(text, name="bank.gift"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return file


def whats(report):
    return [each["what"] for each in report["questions"]]


def versions():
    return db.session.scalar(select(func.count(QuestionVersion.id)))


def test_importing_twice_changes_nothing(run, file):
    path = file(GIFT)
    assert set(whats(run("import", path))) == {"new"}
    assert set(whats(run("import", path))) == {"unchanged"}
    assert versions() == 8


def test_a_dry_run_writes_nothing_and_says_the_same(run, file):
    path = file(GIFT)
    dry = run("import", path, "--dry-run")
    assert versions() == 0
    assert whats(dry) == whats(run("import", path))
    changed = file(GIFT.replace("=Listen", "=Listen well"), "changed.gift")
    assert whats(run("import", changed, "--dry-run")) == whats(run("import", changed))
    assert queries.bank_questions()[1][2].answers


def test_a_changed_question_is_a_new_version(run, file):
    run("import", file(GIFT))
    report = run("import", file(GIFT.replace("=Listen", "=Listen well"), "changed.gift"))
    assert report["counts"] == {"changed": 1, "unchanged": 7}
    assert report["questions"][0]["version"] == 2


def test_a_question_of_the_curriculum_files_is_not_changed_from_outside(org, run, file):
    load()
    report = run("import", file(GIFT.replace("=Listen", "=Listen well")), exit_code=1)
    assert report["counts"] == {"refused": 1, "unchanged": 6, "new": 1}
    assert versions() == 9


def test_the_same_id_twice_in_a_file_keeps_the_first(run, file):
    text = "// [id:x]\n::A::One{T}\n\n// [id:x]\n::B::Two{F}\n"
    assert whats(run("import", file(text), "--dry-run", exit_code=1)) == ["new", "repeated"]
    assert whats(run("import", file(text), exit_code=1)) == ["new", "repeated"]
    assert [question.name for _, _, question in queries.bank_questions()] == ["A"]


def test_a_malformed_question_costs_only_itself(run, file):
    report = run("import", file("::A::One{T}\n\n::B::Two{=\n\n::C::Three{F}\n"), exit_code=1)
    assert report["errors"]
    assert "new" in whats(report)


@pytest.mark.parametrize("target", ["gift", "moodle-xml"])
def test_what_is_exported_reads_the_same(org, run, tmp_path, target):
    load()
    out = tmp_path / "out"
    report = run("export", "--to", target, "-o", out, "--quiz", KEY)
    assert report["written"] == report["of"] == 8
    again = formats.read(out.read_bytes(), target)
    assert [q.name for q in again.questions] == [q.name for q in read()]
    assert [q.answers for q in again.questions][:3] == [q.answers for q in read()][:3]


def test_exporting_an_unknown_quiz_says_so(app, org, tmp_path):
    load()
    result = app.test_cli_runner().invoke(
        args=["questions", "export", "--to", "gift", "-o", str(tmp_path / "x"), "--quiz", "no/quiz"]
    )
    assert result.exit_code == 1
    assert "no quiz no/quiz" in result.output
