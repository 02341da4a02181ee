"""`flask questions check` and `convert` need no database and say everything as JSON too."""

import json

import pytest
from click.testing import CliRunner, Result

from app.quizzes.cli_formats import questions_cli

GIFT = "// [id:s-1] [tag:spot-lead]\n::Name:: Text {=a#yes ~b}\n\nBroken {=a\n"


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "questions.gift"
    path.write_text(GIFT, encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(questions_cli, [str(argument) for argument in arguments])


def test_check_prints_what_was_read_as_json(source):
    result = run("check", source, "--json")
    shown = json.loads(result.stdout)
    assert result.exit_code == 1
    assert shown["format"] == "gift"
    (question,) = shown["questions"]
    assert (question["id"], question["name"], question["type"]) == ("s-1", "Name", "multichoice")
    assert [(a["text"], a["fraction"], a["feedback"]) for a in question["answers"]] == [
        ("a", 1, "yes"),
        ("b", 0, ""),
    ]
    (error,) = shown["errors"]
    assert (error["line"], error["column"]) == (4, 8)
    assert shown["warnings"] == []


def test_check_prints_places_for_people_and_succeeds_without_errors(source):
    assert f"{source}:4:8: " in run("check", source).output
    source.write_text("Fine {T}")
    result = run("check", source)
    assert result.exit_code == 0 and "1 questions, 0 errors" in result.output


@pytest.mark.parametrize("target", ["gift", "moodle-xml", "qti", "xml", "QTI-2.1"])
def test_convert_writes_a_file_that_check_reads(source, tmp_path, target):
    output = tmp_path / "out"
    result = run("convert", source, "--to", target, "-o", output, "--json")
    shown = json.loads(result.stdout)
    assert (shown["read"], shown["written"]) == (1, 1)
    again = json.loads(run("check", output, "--json").stdout)
    assert again["questions"][0]["name"] == "Name"
    assert [a["fraction"] for a in again["questions"][0]["answers"]] == [1, 0]


def test_an_unreadable_file_is_one_error_and_nothing_is_written(tmp_path):
    path, output = tmp_path / "a.bin", tmp_path / "out"
    path.write_bytes(b"\0\1\2" * 100)
    result = run("convert", path, "--to", "gift", "-o", output, "--json")
    assert result.exit_code == 1
    assert len(json.loads(result.stdout)["errors"]) == 1
    assert not output.exists()
