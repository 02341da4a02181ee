"""Reads of plain columns past the ORM: a statement that comes back is compiled once and then sent as it is.

What SQLAlchemy does between a statement and the driver (finding the compiled text, building a context,
wrapping the cursor) costs more than the database needs for a short statement, and a page sends a dozen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from contextlib import closing
from typing import Any, NamedTuple, TypeVarTuple, cast
from weakref import WeakKeyDictionary

from sqlalchemy import CompoundSelect, Result, Select
from sqlalchemy.engine import Connection
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.exc import DBAPIError

from app.db import db

Ts = TypeVarTuple("Ts")
Values = Mapping[str, Any]
SHAPES_KEPT = 64
"""For how many lengths of its lists a statement is kept ready."""

_LISTS = "the values of a list come as a list"


def fetch(statement: Select[*Ts] | CompoundSelect[*Ts], values: Values | None = None) -> Result[*Ts]:
    """Read columns in the session's transaction, what it has pending written first.

    A statement that is seen again is kept ready as long as it lives; one built for a single call goes the
    ordinary way, and so does all while somebody listens to statements. Lists of values are `list`s: another
    collection is a TypeError.
    """
    session = db.session()
    session.flush()
    connection = session.connection()
    shapes = _ready.get(cast(Select[Any], statement))
    listened_to = connection.dispatch.before_cursor_execute or connection.dispatch.after_cursor_execute
    given = values or {}
    if shapes is None or listened_to:
        if any(isinstance(value, tuple | Set) for value in given.values()):
            raise TypeError(_LISTS)
        _ready.setdefault(cast(Select[Any], statement), {})
        return connection.execute(statement, values)
    lengths = [len(value) for value in given.values() if isinstance(value, list)]
    shape = (connection.dialect.name, *given, *lengths)
    ready = shapes.get(shape)
    if ready is None:
        if len(shapes) >= SHAPES_KEPT:
            shapes.clear()
        ready = shapes[shape] = _Ready(cast(Select[Any], statement), given, connection)
    return ready.read(connection, given)


class _Source(NamedTuple):
    """Where a value of a statement comes from: the caller, perhaps from a list, or the statement itself."""

    name: str
    given: str | None
    place: int | None
    own: Any
    process: Callable[[Any], Any] | None


class _Ready:
    """A statement as text for one kind of database, with lists of certain lengths."""

    def __init__(self, statement: Select[Any], values: Values, connection: Connection) -> None:
        dialect = connection.dialect
        compiled = statement.compile(dialect=dialect)
        expanded = compiled.construct_expanded_state(dict(values))
        self.text = expanded.statement
        self.positional = dialect.positional
        self.types = [column.type for column in statement.selected_columns]
        self.columns: SimpleResultMetaData | None = None
        if not all(
            isinstance(values[whole], list) for whole in expanded.parameter_expansion if whole in values
        ):
            raise TypeError(_LISTS)
        of_list = {
            name: (whole, place)
            for whole, names in expanded.parameter_expansion.items()
            for place, name in enumerate(names)
        }
        self.sources = []
        for name in (expanded.positiontup if self.positional else expanded.parameters) or ():
            whole, place = of_list.get(name, (name, None))
            process = compiled.binds[whole].type.dialect_impl(dialect).bind_processor(dialect)
            own = None if whole in values else expanded.parameters[name]
            self.sources.append(_Source(name, whole if whole in values else None, place, own, process))

    def read(self, connection: Connection, values: Values) -> Result[*tuple[Any, ...]]:
        """Send the statement and return its rows."""
        asked = []
        for name, given, place, own, process in self.sources:
            value = own if given is None else values[given] if place is None else values[given][place]
            asked.append((name, value if process is None else process(value)))
        sent = [value for _name, value in asked] if self.positional else dict(asked)
        driver = connection.connection
        try:
            with closing(driver.cursor()) as raw:
                raw.execute(self.text, sent)
                rows = raw.fetchall()
                columns = self.columns
                if columns is None:
                    columns = self.columns = self._describe(raw.description, connection)
        except connection.dialect.loaded_dbapi.Error as error:
            raise _as_sqlalchemy_says(error, self.text, sent, connection) from error
        return IteratorResult(columns, iter(rows))

    def _describe(self, description: Any, connection: Connection) -> SimpleResultMetaData:
        """Return the names of the columns and how the driver's values become Python's."""
        dialect = connection.dialect
        return SimpleResultMetaData(
            [column[0] for column in description],
            _processors=[
                kind.dialect_impl(dialect).result_processor(dialect, column[1])
                for kind, column in zip(self.types, description, strict=True)
            ],
        )


def _as_sqlalchemy_says(error: Any, text: str, sent: Any, connection: Connection) -> BaseException:
    """Return a driver's error as SQLAlchemy's, and give a lost connection up."""
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection, None)
    if lost:
        connection.invalidate(error)
    kind = dialect.loaded_dbapi.Error
    return DBAPIError.instance(text, sent, error, kind, connection_invalidated=lost, dialect=dialect)


_ready: WeakKeyDictionary[Select[Any], dict[tuple[object, ...], _Ready]] = WeakKeyDictionary()
