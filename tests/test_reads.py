"""Reads past the ORM: the same rows as SQLAlchemy gives, however often and with whatever values."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import Row, Select, bindparam, create_engine, event, func, literal, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.db import db, transaction
from app.people.models import Person
from app.reads import fetch
from app.scheduling.kinds import State
from app.scheduling.models_sessions import ShadowSession

AT = datetime(2026, 3, 29, 0, 30, 15, 123456, tzinfo=UTC)
IDS = Person.id.in_(bindparam("ids", expanding=True))
PEOPLE = select(Person.id, Person.name, Person.is_hr, Person.started_on).where(IDS).order_by(Person.id)
MOMENT = select(
    literal(AT, Person.deactivated_at.type).label("at"),
    bindparam("other", type_=Person.deactivated_at.type).label("other"),
)
EQUAL = select(literal(1)).where(literal(AT, Person.deactivated_at.type) == bindparam("other"))
TWICE = select(Person.id).where(Person.name == bindparam("word"), Person.name == bindparam("word"))


@pytest.fixture
def ids(org):
    return [org.learner, org.manager, org.hr]


def both(statement: Select, values: dict | None = None) -> list[list[Row]]:
    """Return what SQLAlchemy reads, and what `fetch` does at the first and at later calls."""
    expected = list(db.session.connection().execute(statement, values))
    return [expected, *(fetch(statement, values).all() for _ in range(3))]


def assert_same(answers: list[list[Row]]) -> None:
    for answer in answers[1:]:
        assert answer == answers[0]
        assert [tuple(map(type, row)) for row in answer] == [tuple(map(type, row)) for row in answers[0]]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_lists_of_any_length_find_what_they_name(ids, count):
    answers = both(PEOPLE, {"ids": ids[:count]})
    assert len(answers[0]) == count
    assert_same(answers)


def test_lists_of_many_lengths_one_after_the_other(ids):
    for count in range(1, 150):
        assert len(fetch(PEOPLE, {"ids": (ids * 50)[:count]}).all()) == min(count, 3)


def test_values_change_between_calls(ids):
    assert [fetch(PEOPLE, {"ids": [each]}).scalar() for each in ids * 2] == ids * 2


def test_moments_and_days_come_back_as_they_were_stored(ids):
    other = AT.astimezone(timezone(timedelta(hours=5)))
    answers = both(MOMENT, {"other": other})
    assert_same(answers)
    assert tuple(answers[-1][0]) == (AT, AT)
    assert all(both(EQUAL, {"other": other}))
    assert answers[-1][0].other.tzinfo is UTC
    assert isinstance(fetch(PEOPLE, {"ids": ids}).all()[0].started_on, date)


def test_nothing_is_a_value_too(ids):
    assert_same(both(MOMENT, {"other": None}))


def test_a_value_asked_for_twice_in_a_statement(org):
    word = db.session.get(Person, org.learner).name
    assert_same(both(TWICE, {"word": word}))
    assert len(fetch(TWICE, {"word": word}).all()) == 1


def test_lists_that_stand_in_the_statement(ids):
    states = ShadowSession.state.in_([State.PROPOSED, State.ACCEPTED])
    assert_same(both(select(func.count()).select_from(ShadowSession).where(states)))


def test_rows_are_read_by_name_and_by_place(ids):
    for _ in range(3):
        row = fetch(PEOPLE, {"ids": ids[:1]}).one()
        assert (row.id, row.name, row.is_hr) == tuple(row)[:3]


def test_what_is_pending_is_seen(org):
    statement = select(Person.name).where(Person.id == org.learner)
    for name in ("Ada", "Åsa", "Zoë"):
        with transaction() as session:
            session.get_one(Person, org.learner).name = name
            assert fetch(statement).scalar() == name


def test_a_statement_that_cannot_work_fails_as_sqlalchemy_does(org):
    broken = select(func.no_such_function(Person.id))
    for _ in range(3):
        with pytest.raises(DBAPIError, match="no_such_function"):
            fetch(broken)
        db.session.rollback()


def test_a_number_that_no_column_holds_is_refused_as_sqlalchemy_refuses_it(ids):
    for _ in range(3):
        with pytest.raises((DBAPIError, OverflowError)):
            fetch(PEOPLE, {"ids": [10**30]}).all()
        db.session.rollback()


def test_values_of_a_list_come_as_a_list(ids):
    fetch(PEOPLE, {"ids": ids})
    with pytest.raises(TypeError, match="list"):
        fetch(PEOPLE, {"ids": tuple(ids)})


def test_values_of_a_list_come_as_a_list_from_the_first_call_on(ids):
    for values in (tuple(ids), set(ids), dict.fromkeys(ids).keys()):
        statement = select(Person.id).where(IDS)
        with pytest.raises(TypeError, match="list"):
            fetch(statement, {"ids": values})


def test_lists_of_another_class_find_what_they_name(ids):
    class Ids(list):
        pass

    for count in (1, 3, 2, 1, 3):
        assert len(fetch(PEOPLE, {"ids": Ids(ids[:count])}).all()) == count


def test_a_missing_value_is_an_error(ids):
    fetch(PEOPLE, {"ids": ids})
    with pytest.raises(SQLAlchemyError, match="ids"):
        fetch(PEOPLE, {"others": ids}).all()


def test_who_listens_hears_every_statement(ids):
    fetch(PEOPLE, {"ids": ids})
    heard: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        heard.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        db.session.rollback()
        fetch(PEOPLE, {"ids": ids})
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert any("person.started_on" in statement for statement in heard)


def test_a_connection_that_was_closed_is_given_up(org):
    statement = select(Person.id).where(Person.id == org.learner)
    for _ in range(2):
        fetch(statement).all()
    db.session.connection().connection.dbapi_connection.close()
    with pytest.raises(DBAPIError) as lost:
        fetch(statement)
    assert lost.value.connection_invalidated
    db.session.remove()
    assert fetch(statement).scalar() == org.learner


@pytest.mark.parametrize("in_pool", [False, True])
def test_what_the_server_ends_is_lost_for_one_request_at_most(org, in_pool):
    if db.engine.dialect.name != "postgresql":
        pytest.skip("only a server ends connections")
    statement = select(Person.id).where(Person.id == org.learner)
    for _ in range(2):
        fetch(statement).all()
    backend = db.session.connection().connection.dbapi_connection.info.backend_pid
    if in_pool:
        db.session.remove()
    killer = create_engine(db.engine.url)
    with killer.connect() as connection:
        connection.execute(select(func.pg_terminate_backend(backend, 5_000)))
    killer.dispose()
    if not in_pool:
        with pytest.raises(DBAPIError) as lost:
            fetch(statement)
        assert lost.value.connection_invalidated
        db.session.remove()
    assert fetch(statement).scalar() == org.learner
