"""The commands that read and load the files of the library: what they say."""

from __future__ import annotations

import shutil

from config import ROOT


def test_a_load_says_how_much_changed(app, tmp_path):
    folder = tmp_path / "library"
    shutil.copytree(ROOT / "tests/authoring/library", folder)
    lesson = folder / "content/calm/lessons/01-start.md"

    def last_line() -> str:
        done = app.test_cli_runner().invoke(args=["curriculum", "load", str(folder)])
        assert done.exit_code == 0, done.output
        return done.output.splitlines()[-1]

    first = last_line()
    assert first.endswith(" changes.")
    assert int(first.split()[0]) > 1
    lesson.write_text(lesson.read_text(encoding="utf-8") + "\nOne line more.\n", encoding="utf-8")
    assert last_line() == "1 change."
    assert last_line() == "Nothing changed."
