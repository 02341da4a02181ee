"""Rows joined to lines by the database come back as they were, on both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from app.db import db, transaction
from app.lines import lines, moment, parsed
from app.people.models import Person
from app.reads import fetch

AT = datetime(2026, 3, 29, 0, 59, 59, 123456, tzinfo=UTC)
GONE = select(lines(Person.email, Person.deactivated_at))
ZONES = ("UTC", "Asia/Kolkata", "America/St_Johns")


@pytest.mark.parametrize("at", [AT, AT.replace(microsecond=120_000), AT.replace(microsecond=0), AT.replace(microsecond=999_999)])  # fmt: skip
@pytest.mark.parametrize("zone", ZONES)
def test_moments_come_back_whole_whatever_the_zone_of_the_connection(org, at, zone):
    left = {org.learner: at, org.manager: at + timedelta(days=200)}
    with transaction():
        for person_id, when in left.items():
            db.session.get_one(Person, person_id).deactivated_at = when
    emails = {key: db.session.get_one(Person, key).email for key in left}
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text(f"SET LOCAL TIME ZONE '{zone}'"))
    found = {name: moment(value) for name, value in parsed(fetch(GONE).scalar()).items()}
    assert found == {emails[key]: when for key, when in left.items()}
    assert {each.tzinfo for each in found.values()} == {UTC}


def test_lines_of_no_rows_and_of_rows_without_a_value_are_none(org):
    assert parsed(fetch(GONE).scalar()) == {}
    assert parsed(fetch(GONE.where(Person.id < 0)).scalar()) == {}
    assert parsed("") == {}


def test_numbers_come_back(org):
    statement = select(lines(Person.email, Person.weekly_budget_minutes))
    count = fetch(select(func.count(Person.id))).scalar()
    found = parsed(fetch(statement).scalar())
    assert len(found) == count
    assert {int(value) for value in found.values()} == set(
        fetch(select(Person.weekly_budget_minutes)).scalars()
    )


@given(st.timedeltas(timedelta(days=-20_000), timedelta(days=20_000)), st.integers(-14 * 4, 14 * 4))
def test_a_moment_is_read_in_any_zone(later, quarters):
    at = (AT + later).astimezone(timezone(timedelta(minutes=15 * quarters)))
    assert moment(at.isoformat(" ")) == at
    assert moment(at.astimezone(UTC).replace(tzinfo=None).isoformat(" ")) == at
