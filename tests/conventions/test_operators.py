"""What operators can set and run stands in docs/operators.md."""

from __future__ import annotations

import ast

import click
import pytest
from flask import Flask

from config import ROOT

TEXT = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
READERS = {"_whole", "_flag", "_choice"}
NOT_OURS = {"limiter", "routes", "run", "shell", "db"}


def settings_read() -> set[str]:
    """Return every environment variable that config.py reads."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / "config.py").read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = ast.unparse(node.func)
        place = 0 if name == "env.get" else 1 if name in READERS else None
        if place is not None and isinstance(node.args[place], ast.Constant):
            found.add(node.args[place].value)
    return found


def commands(app: Flask) -> list[str]:
    """Return every command of the product, as it is typed after `flask`."""
    found = []
    for name, command in app.cli.commands.items():
        if name in NOT_OURS:
            continue
        if isinstance(command, click.Group):
            found += [f"{name} {inner}" for inner in command.commands]
        else:
            found.append(name)
    return sorted(found)


def test_every_setting_is_documented():
    assert len(settings_read()) > 15
    assert {name for name in settings_read() if f"`{name}`" not in TEXT} == set()


def test_no_setting_is_documented_that_nothing_reads():
    table = TEXT.partition("## Settings")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = {name.strip(" `") for row in rows for name in row.split(",")}
    assert named - settings_read() == set()


def test_every_command_is_documented(app: Flask):
    missing = []
    for command in commands(app):
        group, _space, inner = command.partition(" ")
        lines = [line for line in TEXT.splitlines() if f"`flask {group}" in line]
        if not any(f"`flask {command}" in line or (inner and f"`{inner}`" in line) for line in lines):
            missing.append(command)
    assert missing == []


def test_every_import_column_is_documented():
    from app.people.import_file import COLUMNS

    assert [column for column in COLUMNS if f"`{column}`" not in TEXT] == []


@pytest.mark.parametrize("endpoint", ["/healthz", "/readyz"])
def test_health_checks_are_documented(endpoint):
    assert endpoint in TEXT
