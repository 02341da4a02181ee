"""The planner commands: figures, files, exit codes and Ctrl-C, all without a database."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.scheduling.checker import check
from app.scheduling.cli import planner_cli
from app.scheduling.planner.sample import rotation_sample

from .small import small
from .small_rotation import small_rotation


def run(*words: object) -> Result:
    return CliRunner().invoke(planner_cli, [str(word) for word in words])


def save(path: Path, document: Any) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.fixture
def rotation_file(tmp_path: Path) -> Path:
    return save(tmp_path / "rotation.json", small_rotation())


def test_solve_writes_a_plan_that_check_accepts_and_prints_its_figures(
    rotation_file: Path, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.json"
    result = run("solve", rotation_file, "-o", plan, "--seconds", 20, "--seed", 3, "--json")
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert figures["objective"] == figures["bound"] == 6
    assert figures["gap"] == 0
    assert figures["violations"] == 0
    names = {"seconds", "bound_seconds", "peak_mb", "met_percent", "first_plan_seconds", "unmet_by_reason"}
    assert names <= figures.keys()
    assert "best 6.0  bound 6.0" in result.stderr
    checked = run("check", rotation_file, plan, "--json")
    assert checked.exit_code == 0
    assert json.loads(checked.stdout)["ok"] is True


def test_solve_prints_lines_for_people(rotation_file: Path, tmp_path: Path) -> None:
    result = run("solve", rotation_file, "-o", tmp_path / "plan.json", "--seconds", 20)
    assert "objective                  6.00" in result.stdout
    assert "gap                        0.00 %" in result.stdout


def test_check_exits_with_1_and_names_the_rule(rotation_file: Path, tmp_path: Path) -> None:
    plan = save(tmp_path / "plan.json", {"rotations": [], "unmet": []})
    result = run("check", rotation_file, plan)
    assert result.exit_code == 1
    assert "broken: unmet_list, 6 times" in result.stdout


def test_explain_names_weeks_and_a_change(tmp_path: Path) -> None:
    document = small_rotation()
    document["departments"][1]["max_guests"] = [0] * 13
    instance = save(tmp_path / "rotation.json", document)
    plan = tmp_path / "plan.json"
    run("solve", instance, "-o", plan, "--seconds", 10)
    result = run("explain", instance, plan, "--requirement", "sa2:0")
    assert result.exit_code == 0
    assert "would let it in: one guest more in 'support' in week 0" in result.stdout
    unknown = run("explain", instance, plan, "--requirement", "zoe:0")
    assert unknown.exit_code == 2
    assert "'zoe:0'" in unknown.stderr


def test_repair_prints_the_plan_where_no_file_is_named(tmp_path: Path) -> None:
    document = small_rotation()
    plan = tmp_path / "plan.json"
    run("solve", save(tmp_path / "rotation.json", document), "-o", plan, "--seconds", 10)
    changed = {**document, "previous": json.loads(plan.read_text())["rotations"], "frozen_before": 1}
    result = run("repair", save(tmp_path / "changed.json", changed))
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["rotations"] == changed["previous"]


@pytest.mark.parametrize("kind", ["shadowing", "rotation"])
def test_a_sample_is_the_same_for_the_same_seed(kind: str, tmp_path: Path) -> None:
    files = [tmp_path / f"{k}.json" for k in range(3)]
    for file, seed in zip(files, (1, 1, 2), strict=True):
        result = run("sample", "--kind", kind, "--people", 20, "--weeks", 2, "--seed", seed, "-o", file)
        assert result.exit_code == 0
    first, again, other = (file.read_bytes() for file in files)
    assert first == again != other


BAD_FILES: list[tuple[str, str]] = [
    ("", ":1:1: is not JSON"),
    ('{"format": "rotation/1",\n "weeks": }', ":2:11: is not JSON"),
    ("[]", "is list, not an object"),
    ('{"format": NaN}', "NaN is not a JSON number"),
    ("{}", "format: is 'None'; write 'shadowing/1' or 'rotation/1'"),
    ('{"format": "rotation/2"}', "format: is 'rotation/2'"),
    ('{"format": "rotation/1", "weeks": 13}', "rules: is missing; add it"),
    ('{"format": "shadowing/1", "slot_minutes": 30}', "horizon_start: is missing"),
    ("[" * 100_000, "is nested too deeply"),
    (json.dumps(small(weeks=0)), "weeks: 0 is not allowed"),
    (json.dumps(small(employees=[])), "unknown employee"),
]


@pytest.mark.parametrize(("text", "message"), BAD_FILES, ids=[message for _, message in BAD_FILES])
def test_a_bad_file_exits_with_2_and_names_the_place(text: str, message: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text(text, encoding="utf-8")
    plan = save(tmp_path / "plan.json", {})
    for result in (
        run("solve", bad, "-o", tmp_path / "out.json", "--seconds", 1),
        run("check", bad, plan),
        run("explain", bad, plan, "--requirement", "r1"),
    ):
        assert result.exit_code == 2, result.output
        assert "Traceback" not in result.output
        assert message in result.stderr
    assert not (tmp_path / "out.json").exists()


def test_files_that_are_not_there_or_not_text_are_named(rotation_file: Path, tmp_path: Path) -> None:
    missing = run("check", tmp_path / "none.json", rotation_file)
    assert missing.exit_code == 2
    assert "none.json: can't be read" in missing.stderr
    (tmp_path / "raw.json").write_bytes(b"\xff\xfe{}")
    assert "is not UTF-8 text at byte 0" in run("check", tmp_path / "raw.json", rotation_file).stderr
    nowhere = run("solve", rotation_file, "-o", tmp_path / "none" / "plan.json")
    assert nowhere.exit_code == 2
    assert "can't be written there" in nowhere.stderr


def test_ctrl_c_keeps_the_best_so_far(tmp_path: Path) -> None:
    document = rotation_sample(300, seed=4, tightness="crunch")
    instance, plan = save(tmp_path / "rotation.json", document), tmp_path / "plan.json"
    code = "from app.scheduling.cli import planner_cli; planner_cli()"
    words = [sys.executable, "-c", code, "solve", str(instance), "-o", str(plan), "--seconds", "60", "--json"]
    process = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ}, cwd=Path.cwd()
    )
    assert process.stderr is not None
    assert "best" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    figures = json.loads(out)
    assert figures["interrupted"] is True
    assert figures["seconds"] < 30
    assert check(document, json.loads(plan.read_text())).ok
