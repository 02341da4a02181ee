"""Every fault in the files is shown with its place and what to write instead."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from app.authoring.reader import read_library
from config import ROOT


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A small valid library: one module with a lesson, a quiz, a role-play and a task."""
    shutil.copytree(ROOT / "tests/authoring/library", tmp_path / "library")
    return tmp_path / "library"


def faults(root: Path) -> list[str]:
    return [str(problem) for problem in read_library(root).problems]


def edit(root: Path, name: str, old: str, new: str) -> None:
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_valid_set_has_no_faults(library):
    reading = read_library(library)
    assert reading.problems == ()
    assert [a.kind for a in reading.library.catalogue.modules[0].activities] == [
        "lesson",
        "quiz",
        "role_play",
        "task",
    ]


FRAMEWORK, PATH, PROGRAMME = (
    "curricula/framework.yaml",
    "curricula/paths/basics.yaml",
    "curricula/programmes/hire.yaml",
)
MODULE, LESSON, GIFT = (
    "content/calm/module.yaml",
    "content/calm/lessons/01-start.md",
    "content/calm/questions.gift",
)
ROLE_PLAY, SHEET = "content/calm/role-play.yaml", "content/calm/cheat-sheet.md"


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (PATH, "modules: [calm]", "modules: [clam]", r"basics.yaml:8:11: There is no module `clam`. Did you mean calm\?"),
        (PROGRAMME, "module: calm", "module: gone", r"hire.yaml:\d+:\d+: There is no module `gone`"),
        (PROGRAMME, "id: keep-calm, level", "id: keep-clam, level", r"There is no competency `keep-clam`. Did you mean keep-calm\?"),
        (PROGRAMME, "due_day: 3", "due_day: 0", r"hire.yaml:\d+:\d+: Write a whole number from 1 to 730"),
        (PROGRAMME, "confirm_by: manager", "confirm_by: boss", r"Write one of: manager, hr, self"),
        (FRAMEWORK, "prerequisites: []", "prerequisites: [keep-calm]", r"framework.yaml:\d+:\d+: These competencies wait for each other: keep-calm → keep-calm"),
        (FRAMEWORK, "  4: Coaches", "  5: Coaches", r"`5` is not a level"),
        (FRAMEWORK, "title: Keep calm", "titel: Keep calm", r"`titel` is not known here. Did you mean title\?"),
        (FRAMEWORK, "targets: {keep-calm: 2}", "targets: {keep-calm: 7}", r"Write a whole number from 1 to 4"),
        (FRAMEWORK, "cheat_sheet: calm", "cheat_sheet: clam", r"There is no cheat sheet `clam`"),
        (FRAMEWORK, "owner: support", "owner: support\n    owner: sales", r"framework.yaml:7:5: `owner` stands here twice"),
        (FRAMEWORK, "id: test", "id: [", r"framework.yaml:\d+:\d+: This is not valid YAML"),
        (FRAMEWORK, "id: test", "id: &a test\nother: *a", r"Aliases"),
        (MODULE, "id: calm", "id: Calm Down", r"module.yaml:1:5: `Calm Down` is not an id. Write `calm-down`"),
        (MODULE, "prerequisites: []", "prerequisites: [calm]", r"These modules wait for each other: calm → calm"),
        (MODULE, "audience: [support]", "audience: [suport]", r"There is no department `suport`. Did you mean support\?"),
        (MODULE, "lessons/01-start.md", "lessons/01-stert.md", r"module.yaml:\d+:13: The file `lessons/01-stert.md` is not in this module's folder. Did you mean lessons/01-start.md\?"),
        (MODULE, "lessons/01-start.md", "../../curricula/framework.yaml", r"is not in this module's folder"),
        (MODULE, "mode: assist", "mode: watch", r"Write one of: assist, reverse_shadow, supervised"),
        (MODULE, "id: check", "id: start", r"`start` stands in this module twice"),
        (MODULE, "pass_percent: 80", "pass_percent: 800", r"Write a number from 1 to 100"),
        (MODULE, "pass_percent: 80", "on_timeout: grace", r"Without `time_limit_minutes`"),
        (LESSON, "minutes: 5", "minutes: soon", r"01-start.md:3:10: Write a whole number from 1 to 30"),
        (LESSON, "../media/ladder.svg", "../media/lader.svg", r"01-start.md:13:1: The image `lader.svg` is missing"),
        (LESSON, "![A ladder of four steps]", "![]", r"01-start.md:13:1: The image has no description"),
        (LESSON, "!!! do", "!!! does", r"01-start.md:10:1: Unknown callout"),
        (LESSON, "## Listen", "# Listen", r"01-start.md:6:1: `# ` is the page's own title"),
        (LESSON, "competencies: [keep-calm]", "competencies: [keep-clam]", r"01-start.md:4:16: There is no competency"),
        (LESSON, "competencies: [keep-calm]", "audience: [sails]", r"01-start.md:4:12: There is no department `sails`. Did you mean sales"),
        (GIFT, "[tag:keep-calm]", "[tag:keep-clam]", r"questions.gift:3:1: There is no competency `keep-clam`"),
        (GIFT, "hear it yet.\n}", "hear it yet.", r"questions.gift:\d+:\d+: "),
        (GIFT, "[id:calm-02]", "[id:calm-01]", r"questions.gift:\d+:1: The id `calm-01` is taken in content/calm/questions.gift:3"),
        (GIFT, "[id:calm-02] ", "", r"The question has no id"),
        (GIFT, "=Listen", "~Listen", r"questions.gift:\d+:1: No answer is right, so nobody can pass. Write = before"),
        (ROLE_PLAY, "4: Names", "5: Names", r"role-play.yaml:\d+:\d+: Describe each of the levels 0, 1, 2, 3 and 4"),
        (ROLE_PLAY, "competency: keep-calm", "competency: kept", r"There is no competency `kept`"),
        (ROLE_PLAY, "mood: Angry", "mod: Angry", r"`mood` is missing"),
        (SHEET, "review_by: 2027-05-31", "review_by: next year", r"cheat-sheet.md:\d+:\d+: Write a date as 2027-05-31"),
    ],
)  # fmt: skip
def test_a_fault_is_shown_with_its_place_and_mend(library, name, old, new, expected):
    edit(library, name, old, new)
    found = faults(library)
    assert any(re.search(expected, line) for line in found), "\n".join(found)
    assert all(re.match(r"[\w/.-]+:\d+:\d+: .+", line) for line in found)


def test_what_a_quiz_may_mean_otherwise_is_a_warning_that_does_not_stop_loading(library):
    gift = library / GIFT
    shown = "// [id:half]\n::Story:: A customer writes.\n\nWhat now? {=ask ~wait}\n"
    gift.write_text(gift.read_text(encoding="utf-8") + "\n// [id:seats]\nSeats? {~%50%a ~b}\n\n" + shown)
    reading = read_library(library)
    messages = [str(warning) for warning in reading.warnings]
    assert any("50 %, not 100 %" in message and message.startswith(GIFT) for message in messages)
    assert any("read as a description of its own" in message for message in messages)
    assert [problem.message for problem in reading.problems] == [
        "The question has no id. Put `// [id:…]` above it."
    ]


def test_several_faults_are_shown_at_once(library):
    edit(library, MODULE, "audience: [support]", "audience: [suport]")
    edit(library, LESSON, "minutes: 5", "minutes: soon")
    edit(library, PATH, "sponsor:", "sponser:")
    assert len({line.split(":")[0] for line in faults(library)}) == 3


def test_a_duplicate_id_is_shown_at_the_second_place(library):
    shutil.copy(library / PATH, library / "curricula/paths/copy.yaml")
    assert faults(library) == [
        "curricula/paths/copy.yaml:1:1: The curriculum id `basics` is taken. Write another."
    ]


def test_a_file_that_is_not_utf_8_is_named(library):
    (library / LESSON).write_bytes("title: Grüße".encode("latin-1"))
    assert any("01-start.md:1:1: This is not UTF-8" in line for line in faults(library))


def test_a_module_folder_without_its_file_is_named(library):
    (library / "content/empty").mkdir()
    assert faults(library) == ["content/empty/module.yaml:1:1: A module needs this file."]


@pytest.mark.parametrize("text", ["[" * 20_000, "x" * 200_000, "](" * 20_000])
def test_hostile_text_ends_in_a_fault_or_a_page(library, text):
    edit(library, LESSON, "## Listen", "## Listen\n\n" + text)
    read_library(library)


def test_the_shipped_library_is_valid():
    assert faults(ROOT) == []
