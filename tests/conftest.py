"""Fixtures: one application per run, a clean database per test, and clients for each kind of person.

TEST_DATABASE chooses `sqlite` (the default) or `postgresql`; `make test` runs both.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, settings
from sqlalchemy import event

from app import create_app
from app.db import db
from config import read_settings
from tests.support.client import PageClient
from tests.support.databases import CleanSlate, server
from tests.support.factories import NOW, Org, make_org
from tests.support.world import World, build_world

# A busy machine is slow at drawing and at running; tests assert no times.
settings.register_profile("tandem", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tandem")


@pytest.fixture(scope="session")
def database_kind() -> str:
    return os.environ.get("TEST_DATABASE", "sqlite")


@pytest.fixture(scope="session")
def _app(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, CleanSlate]]:
    with server(database_kind) as url:
        env = {
            "DATABASE_URL": url,
            "SECRET_KEY": "only-for-tests-only-for-tests-only",
            "INSTANCE_DIR": str(tmp_path_factory.mktemp("instance")),
            "DEMO": "1",
        }
        app = create_app(read_settings(env))
        app.config["TESTING"] = True
        yield app, CleanSlate(app)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def app(_app: tuple[Flask, CleanSlate]) -> Iterator[Flask]:
    """The application over an empty, migrated database, with an application context pushed."""
    flask_app, slate = _app
    slate.wipe()
    with flask_app.app_context():
        yield flask_app


@pytest.fixture
def org(app: Flask) -> Org:
    """A small organisation with one person of each kind."""
    return make_org()


@pytest.fixture
def as_(app: Flask, org: Org) -> Callable[[str], PageClient]:
    """Sign in by kind: `as_("manager").get("/")`; `as_("nobody")` is not signed in."""

    def client(kind: str) -> PageClient:
        return PageClient(app, None if kind == "nobody" else getattr(org, kind))

    return client


@pytest.fixture(scope="module")
def at_now() -> Iterator[None]:
    """Stop the clock at NOW for a whole file."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="module")
def world(_app: tuple[Flask, CleanSlate], at_now: None) -> World:
    """The small world of the walks, built once per file; a test that changes it restores it."""
    app, slate = _app
    slate.wipe()
    with app.app_context():
        return build_world(app)


@pytest.fixture
def queries_of(app: Flask) -> Callable[[Callable[[], object]], int]:
    """Count the statements that a call sends to the database."""

    def count(call: Callable[[], object]) -> int:
        sent: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA")):
                sent.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            call()
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(sent)

    return count


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run what touches no database once: the second run, on PostgreSQL, leaves it out."""
    if os.environ.get("TEST_DATABASE", "sqlite") == "sqlite":
        return
    touching = {item.nodeid for item in items if "_app" in getattr(item, "fixturenames", ())}
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in touching])
    items[:] = [item for item in items if item.nodeid in touching]
