"""`flask curriculum load` is killed at many moments: the old library stands, or the new one, never a mix."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from config import ROOT
from tests.kill.support import START_SECONDS, Installation

BEFORE_COMMIT, AFTER_COMMIT = 0, -1
STATEMENTS = range(1, 60, 3)  # a moment beyond the last statement is the one before the commit


def change_library(installation: Installation) -> None:
    """Change the framework, a lesson, a question, the role-play and the glossary."""
    changes = {
        "curricula/framework.yaml": ("Stays calm with", "Keeps calm with"),
        "curricula/glossary.yaml": ("meaning:", "meaning: Newly put."),
        "content/calm/lessons/01-start.md": ("title:", "title: Again"),
        "content/calm/questions.gift": ("What comes first?", "What do you do first?"),
        "content/calm/role-play.yaml": ("title:", "title: Again"),
    }
    changed = 0
    for name, (old, new) in changes.items():
        path = installation.library / name
        text = path.read_text(encoding="utf-8")
        changed += old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert changed >= 3


def die_at(installation: Installation, *moments: int) -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.kill.die_at", *map(str, moments)],
        cwd=ROOT, env=installation.env, capture_output=True, text=True, timeout=START_SECONDS, check=True,
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def test_a_killed_load_leaves_the_old_library_or_the_new_one(installation: Installation) -> None:
    change_library(installation)
    *amid, committed = die_at(installation, *STATEMENTS, BEFORE_COMMIT, AFTER_COMMIT)
    assert all(each["killed"] for each in amid), amid
    assert len({each["tables"] for each in amid}) == 1
    assert committed["killed"]
    assert committed["tables"] != amid[0]["tables"]

    again = installation.flask("curriculum", "load")
    assert (again.returncode, again.stdout.strip()) == (0, "Nothing changed."), again.stderr


def test_after_a_kill_the_load_goes_through(installation: Installation) -> None:
    change_library(installation)
    before, killed = die_at(installation, 1, BEFORE_COMMIT)
    assert before["tables"] == killed["tables"]
    again = installation.flask("curriculum", "load")
    assert again.returncode == 0, again.stderr
    assert re.search(r"^\d+ changes?\.$", again.stdout, re.MULTILINE), again.stdout
