"""Inside a domain imports go one way, pure modules stay pure, and other domains' tables stay private."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import ROOT

APP = ROOT / "app"
ORDER = {"models": 1, "queries": 2, "access": 3, "service": 4, "forms": 5, "views": 6, "jobs": 6, "cli": 6}
SHELL = {"web", "demo", "dashboards", "authoring"}
FRAMEWORKS = {"flask", "flask_babel", "flask_sqlalchemy", "flask_wtf", "sqlalchemy", "wtforms", "werkzeug"}
IMPURE_HOUSE = {"app.db", "app.clock", "app.jobs", "app.web"}
DOMAINS = sorted(p.name for p in APP.iterdir() if (p / "__init__.py").exists() and p.name not in SHELL)
MODULES = [path for domain in DOMAINS for path in sorted((APP / domain).rglob("*.py"))]


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def kind(stem: str) -> str:
    """`views_admin` and `cli_formats` belong to the layer their name begins with."""
    return stem.split("_", maxsplit=1)[0]


def rank(path: Path) -> int:
    parts = path.relative_to(APP).parts
    names = [*parts[1:-1], path.stem]
    return max((ORDER[kind(name)] for name in names if kind(name) in ORDER), default=0)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_imports_inside_a_domain_go_downwards(path: Path) -> None:
    if path.stem == "__init__":
        return
    domain = path.relative_to(APP).parts[0]
    mine = rank(path)
    for line, target in imports_of(path):
        parts = target.split(".")
        if parts[:2] != ["app", domain] or len(parts) < 3:
            continue
        theirs = max((ORDER[kind(part)] for part in parts[2:] if kind(part) in ORDER), default=0)
        assert theirs <= mine, f"{named(path)}:{line} imports {target}, a layer above it"


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_pure_modules_know_no_framework(path: Path) -> None:
    if rank(path) > 0 or path.stem == "__init__":
        return
    for line, target in imports_of(path):
        assert target.split(".")[0] not in FRAMEWORKS, f"{named(path)}:{line} imports {target}"
        assert ".".join(target.split(".")[:2]) not in IMPURE_HOUSE, f"{named(path)}:{line} imports {target}"


@pytest.mark.parametrize("path", sorted(APP.rglob("*.py")), ids=named)
def test_other_domains_tables_and_forms_are_private(path: Path) -> None:
    here = path.relative_to(APP).parts[0]
    for line, target in imports_of(path):
        parts = target.split(".")
        if parts[0] == "app" and len(parts) > 2 and parts[1] in DOMAINS and parts[1] != here:
            assert parts[2] not in {"models", "forms"}, f"{named(path)}:{line} imports {target}"
