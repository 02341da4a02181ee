"""The directory costs the same number of queries however many people there are."""

import pytest

from app.db import db, transaction
from app.people.models import Person
from tests.support.factories import NOW

PEOPLE = 1000


@pytest.fixture
def crowd(org):
    def add():
        with transaction():
            db.session.add_all(
                Person(
                    name=f"Colleague {n:04}",
                    email=f"colleague{n}@example.com",
                    time_zone="Europe/Berlin",
                    team_id=org.support_team,
                    job_role_key="support-agent",
                    manager_id=org.manager,
                    created_at=NOW,
                    weekly_budget_minutes=60,
                )
                for n in range(PEOPLE)
            )

    return add


@pytest.mark.parametrize("kind", ["learner", "manager", "hr", "admin"])
def test_the_directory_of_a_thousand_costs_the_queries_of_nine(as_, crowd, queries_of, kind):
    client = as_(kind)
    client.get("/people")
    paths = ("/people", "/people?q=a", "/people?page=2")
    few = queries_of(lambda: client.get(paths[0]))
    crowd()
    counts = {path: queries_of(lambda path=path: client.get(path)) for path in paths}
    assert max(counts.values()) <= few, counts
    assert "Colleague 0000" in client.get("/people?q=colleague").words()
