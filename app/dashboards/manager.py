"""What a manager sees first: the team's week, what waits, coverage that is one person thin, new hires."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.competency import queries as competency
from app.competency.framework import Competency
from app.competency.queries_coverage import Coverage, coverage
from app.dashboards.waiting import WaitingItem, waiting_for
from app.onboarding import access as onboarding
from app.onboarding.queries import NewHire
from app.onboarding.standing import Risk
from app.people import queries as people
from app.people.identity import Actor, PersonCard
from app.scheduling import queries as scheduling

COVERAGE_LEVEL = 3
COVERAGE_DAYS = 60
MOST_ROWS = 15


@dataclass(frozen=True)
class ManagerHome:
    """Everything the manager's home page shows."""

    team_id: int | None
    week: scheduling.TeamAhead | None
    waiting: list[WaitingItem]
    competencies: list[Competency]
    people: list[PersonCard]
    targets: dict[int, dict[str, int]]
    thin: list[Coverage]
    hires: list[NewHire]
    names: dict[int, str]


def manager_home(actor: Actor, now: datetime) -> ManagerHome:
    """Gather the manager's page in a bounded number of queries."""
    below = people.reports_of({actor.person_id} | actor.substitutes_for)
    cards = sorted(people.cards(below).values(), key=lambda card: card.name)
    today = now.astimezone(ZoneInfo(actor.time_zone)).date()
    framework = competency.find_framework()
    asked = list(framework.competencies) if framework else []
    targets = competency.targets_by_role({card.person_id: card.job_role_key for card in cards})
    wanted = {c for each in targets.values() for c in each}
    shown = [each for each in asked if each.id in wanted]
    owned = {card.department_key for card in cards}
    thin = [
        row
        for row in coverage(
            cards,
            [c for c in asked if c.owner in owned],
            COVERAGE_LEVEL,
            now,
            now + timedelta(days=COVERAGE_DAYS),
        )
        if row.thin
    ]
    hires = [
        hire
        for hire in onboarding.list_visible(actor, now)
        if hire.standing.risk in {Risk.LATE, Risk.AT_RISK}
    ]
    return ManagerHome(
        team_id=actor.team_id,
        week=scheduling.team_ahead(actor.team_id, today, actor.time_zone) if actor.team_id else None,
        waiting=waiting_for(actor, now),
        competencies=shown,
        people=cards[:MOST_ROWS],
        targets=targets,
        thin=thin,
        hires=sorted(hires, key=lambda hire: hire.standing.risk is not Risk.LATE),
        names={card.person_id: card.name for card in cards},
    )
