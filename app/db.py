"""The engine, the naming convention, the UTC column type and `transaction()`, the sole place that commits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, MetaData, String, event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

BUSY_TIMEOUT_MS = 15_000
_WRITING = "tandem_writing"
_ONCE = "tandem_once"
T = TypeVar("T")


class UTCDateTime(TypeDecorator[datetime]):
    """Store an aware moment in UTC and give it back aware; refuse naive ones.

    SQLite drops zones and PostgreSQL shifts naive values by the session's zone: neither happens here.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without a time zone cannot be stored.")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class TooLong(ValueError, DontWrapMixin):
    """A text is longer than its column; `limit` is how many characters that holds."""

    def __init__(self, limit: int, text: str) -> None:
        super().__init__(f"{len(text)} characters where {limit} fit: {text[:40]}…")
        self.limit = limit


class Line(TypeDecorator[str]):
    """Store text of at most so many characters; raise TooLong for more.

    PostgreSQL would fail with an error of its own, SQLite would keep any length: here both do the same.
    """

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is not None and len(value) > self.impl_instance.length:  # type: ignore[attr-defined]
            raise TooLong(self.impl_instance.length, value)  # type: ignore[attr-defined]
        return value

    def coerce_compared_value(self, op: object, value: object) -> String:
        """Let anything be looked for: what is too long is simply not found."""
        return String()


def longest(column: Any) -> int:
    """Return how many characters a column of lines holds."""
    return int(column.type.length)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


Base.registry.update_type_annotation_map({datetime: UTCDateTime})
db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class TransactionMisuse(RuntimeError):
    """A transaction was nested, or rows were changed outside one."""


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the one write transaction of this request or job; commit at the end, roll back on any error.

    Reads made before it are forgotten, so what the block reads is fresh. On SQLite the transaction
    takes the write lock at its start (BEGIN IMMEDIATE): a deferred one fails under concurrency
    with "database is locked" at its first write.
    """
    session = db.session()
    if session.info.get(_WRITING):
        raise TransactionMisuse("transaction() inside transaction()")
    if session.new or session.dirty or session.deleted:
        raise TransactionMisuse("rows were changed before transaction()")
    session.rollback()
    session.info[_WRITING] = True
    try:
        session.connection(execution_options={_WRITING: True})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info[_WRITING] = False


def once(name: str, read: Callable[[], T]) -> T:
    """Return what `read` gives, asked once per transaction of this session; `forget` it after a change."""
    session = db.session()
    kept: dict[str, Any] = session.info.setdefault(_ONCE, {})
    asked_in, found = kept.get(name, (None, None))
    if asked_in is None or asked_in is not session.get_transaction():
        found = read()
        kept[name] = (session.get_transaction(), found)
    answer: T = found
    return answer


def forget(name: str) -> None:
    """Let `once` ask again."""
    db.session().info.get(_ONCE, {}).pop(name, None)


def init_app(app: Flask) -> None:
    """Bind the engine to the application and set up SQLite's connections."""
    settings = app.config["SETTINGS"]
    options: dict[str, Any] = {"pool_pre_ping": not settings.is_sqlite}
    if settings.is_sqlite:
        options["connect_args"] = {"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False}
    else:
        options |= {"pool_size": settings.web_threads, "max_overflow": 4}
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", options)
    db.init_app(app)
    if settings.is_sqlite:
        with app.app_context():
            _prepare_sqlite(db.engine)


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _on_connect(raw: Any, _record: Any) -> None:
        raw.isolation_level = None
        cursor = raw.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get(_WRITING)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
