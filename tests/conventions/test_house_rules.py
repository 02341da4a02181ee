"""Rules of the house that a reader of one file cannot see."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import String, Text

from app.db import db
from app.web.guard import permission_of
from config import ROOT

SOURCES = sorted((ROOT / "app").rglob("*.py"))


def calls(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.lineno, f"{ast.unparse(node.func.value)}.{node.func.attr}"


def test_only_db_commits() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in SOURCES
        if path.name != "db.py"
        for line, name in calls(path)
        if name.endswith("session.commit")
    ]
    assert not found


def test_only_the_clock_reads_the_clock() -> None:
    readers = {"datetime.now", "datetime.utcnow", "date.today", "datetime.today", "dt.datetime.now", "dt.date.today", "time.time"}  # fmt: skip
    found = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in SOURCES
        if path.name != "clock.py"
        for line, name in calls(path)
        if name in readers
    ]
    assert not found


def test_every_route_says_who_may_use_it(app: Flask) -> None:
    bare = [rule.endpoint for rule in app.url_map.iter_rules() if permission_of(app, rule.endpoint) is None]
    assert not bare


def test_migrations_build_exactly_the_models(app: Flask) -> None:
    context = MigrationContext.configure(db.session.connection(), opts={"compare_type": True})
    assert compare_metadata(context, db.metadata) == []


def test_migrations_have_one_head(app: Flask) -> None:
    assert len(ScriptDirectory(str(ROOT / "migrations")).get_heads()) == 1


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_every_text_column_refuses_what_is_too_long_on_every_database() -> None:
    plain = [
        f"{table.name}.{column.name}"
        for table in db.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, String) and not isinstance(column.type, Text) and not column.foreign_keys
    ]
    assert plain == [], "use app.db.Line"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_form_has_limits(path: Path) -> None:
    """Only the base may use Flask-WTF's form, which limits nothing."""
    if path == ROOT / "app/web/forms.py":
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bases = [ast.unparse(base) for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for base in node.bases]  # fmt: skip  # noqa: E501
    assert "FlaskForm" not in bases
