"""Build rows for tests: people and the small organisation that most tests happen in."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from app.db import db, transaction
from app.people.identity import Actor
from app.people.models import Department, JobRole, Person, Team, WorkHours
from app.people.queries import actor_for

NOW = datetime(2026, 6, 3, 9, 0, tzinfo=UTC)  # a Wednesday
_numbers = itertools.count(1)


def make_department(key: str, name: str | None = None) -> Department:
    """Add a department (inside a transaction)."""
    department = Department(key=key, name=name or key.capitalize())
    db.session.add(department)
    db.session.flush()
    return department


def make_team(department: Department, name: str | None = None) -> Team:
    """Add a team (inside a transaction)."""
    team = Team(name=name or f"{department.name} team", department_id=department.id)
    db.session.add(team)
    db.session.flush()
    return team


def make_job_role(key: str, title: str | None = None, department_key: str | None = None) -> JobRole:
    """Add a job role (inside a transaction)."""
    role = JobRole(key=key, title=title or key.replace("-", " ").capitalize(), department_key=department_key)
    db.session.add(role)
    db.session.flush()
    return role


def make_person(name: str | None = None, *, works: bool = True, **fields: Any) -> Person:
    """Add an active person (inside a transaction) who works Monday to Friday 9 to 17 local time."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "name": name or f"Person {number}",
        "email": f"person{number}@example.com",
        "time_zone": "Europe/Berlin",
        "started_on": date(2025, 1, 7),
        "created_at": NOW,
        "weekly_budget_minutes": 60,
    }
    person = Person(**(values | fields))
    db.session.add(person)
    db.session.flush()
    if works:
        db.session.add_all(
            WorkHours(person_id=person.id, weekday=day, starts_minute=9 * 60, ends_minute=17 * 60)
            for day in range(5)
        )
    return person


@dataclass(frozen=True)
class Org:
    """Ids of a small organisation: one person of each kind, in two departments, and their teams.

    `learner` and `colleague` are in support under `manager`; `host` and `other` are in sales under
    `other_manager`; `hr`, `author` and `admin` stand outside both lines.
    """

    learner: int
    colleague: int
    manager: int
    host: int
    other: int
    other_manager: int
    hr: int
    author: int
    admin: int
    support_team: int
    sales_team: int

    def actor(self, kind: str, now: datetime = NOW) -> Actor:
        """Return the actor of one of the people, by field name."""
        return actor_for(getattr(self, kind), now)


def make_org() -> Org:
    """Commit the small organisation and return its ids."""
    with transaction():
        support, sales = make_department("support"), make_department("sales")
        staff = make_department("people", "People")
        support_team, sales_team = make_team(support), make_team(sales)
        staff_team = make_team(staff)
        make_job_role("support-agent", "Support Agent", "support")
        make_job_role("support-team-lead", "Support Team Lead", "support")
        make_job_role("account-executive", "Account Executive", "sales")
        make_job_role("sales-manager", "Sales Manager", "sales")
        make_job_role("enablement-manager", "Enablement Manager", None)
        manager = make_person("Mara Lindqvist", email="mara@example.com", team_id=support_team.id, job_role_key="support-team-lead")  # fmt: skip
        other_manager = make_person("Otto Brandt", email="otto@example.com", team_id=sales_team.id, job_role_key="sales-manager")  # fmt: skip
        agent = {"team_id": support_team.id, "manager_id": manager.id, "job_role_key": "support-agent"}
        seller = {"team_id": sales_team.id, "manager_id": other_manager.id, "job_role_key": "account-executive"}  # fmt: skip
        outside = {"team_id": staff_team.id, "job_role_key": "enablement-manager"}
        return Org(
            learner=make_person("Lena Okafor", email="lena@example.com", **agent).id,
            colleague=make_person("Cem Yıldız", email="cem@example.com", **agent).id,
            manager=manager.id,
            host=make_person("Hiro 田中", email="hiro@example.com", **seller).id,
            other=make_person("Olga Petrova", email="olga@example.com", **seller).id,
            other_manager=other_manager.id,
            hr=make_person("Hanna Reyes", email="hanna@example.com", is_hr=True, **outside).id,
            author=make_person("Ali رضا", email="ali@example.com", is_author=True, **outside).id,
            admin=make_person("Ada Novak", email="ada@example.com", is_admin=True, **outside).id,
            support_team=support_team.id,
            sales_team=sales_team.id,
        )
