"""Who works at Halden: names, teams, roles and zones, read from a table."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

PASSWORD = "tandem-demo"  # noqa: S105 - public on purpose; a production start refuses demo sign-ins
DOMAIN = "halden.example"

ZONES = {"Berlin": "Europe/Berlin", "Austin": "America/Chicago", "Bengaluru": "Asia/Kolkata"}


@dataclass(frozen=True)
class Member:
    """One person of the demo. `reports_to` is a key; `started_days_ago` counts back from the load."""

    key: str
    name: str
    team: str
    department: str
    role: str | None
    place: str
    reports_to: str | None
    started_days_ago: int
    flag: str

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"

    @property
    def time_zone(self) -> str:
        return ZONES[self.place]


SIGN_INS = (
    ("Employee", "lena", "learns sales work between tickets"),
    ("Host", "hiro", "sells, is shadowed, signs off work"),
    ("Manager", "mara", "leads Support Berlin and plans the week"),
    ("HR", "hanna", "watches onboarding"),
    ("New hire", "jonas", "is in the third week of onboarding"),
    ("Author", "ali", "keeps modules and questions in shape"),
    ("Administrator", "ada", "runs the installation"),
)


def members() -> list[Member]:
    """Return the sixty people of people.csv, managers before their reports."""
    with Path(__file__).with_name("people.csv").open(encoding="utf-8", newline="") as table:
        return [
            Member(
                key=row["key"],
                name=row["name"],
                team=row["team"],
                department=row["department"],
                role=row["role"] or None,
                place=row["place"],
                reports_to=row["reports_to"] or None,
                started_days_ago=int(row["started_days_ago"]),
                flag=row["flag"],
            )
            for row in csv.DictReader(table)
        ]
