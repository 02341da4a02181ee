"""What a manager sees first: the team's week, what waits, coverage that is one person thin, new hires."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import url_for
from markupsafe import Markup

from app.competency import queries as competency
from app.competency.framework import Competency
from app.competency.queries_coverage import Coverage, coverage
from app.competency.queries_heat import Heat, heat_of
from app.dashboards.waiting import WaitingItem, waiting_for
from app.onboarding import access as onboarding
from app.onboarding.queries import NewHire
from app.onboarding.standing import Risk
from app.people import queries as people
from app.people.identity import Actor, PersonCard
from app.scheduling import queries as scheduling
from app.web.levels import Face, heat_columns, heat_face, heat_row
from app.weeks import monday

COVERAGE_LEVEL = 3
COVERAGE_DAYS = 60
MOST_ROWS = 15


@dataclass(frozen=True)
class ManagerHome:
    """Everything the manager's home page shows."""

    team_id: int | None
    team_name: str | None
    today: date
    week: scheduling.TeamWeek | None
    waiting: list[WaitingItem]
    competencies: list[Competency]
    rows: list[tuple[PersonCard, Markup]]
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
        team_name=people.team_name(actor.team_id) if actor.team_id else None,
        today=today,
        week=scheduling.team_week(actor.team_id, monday(today), actor.time_zone) if actor.team_id else None,
        waiting=waiting_for(actor, now),
        competencies=shown,
        rows=_rows(cards[:MOST_ROWS], shown, targets, now),
        thin=thin,
        hires=sorted(hires, key=lambda hire: hire.standing.risk is not Risk.LATE),
        names={card.person_id: card.name for card in cards},
    )


def _rows(
    cards: list[PersonCard], competencies: list[Competency], targets: dict[int, dict[str, int]], now: datetime
) -> list[tuple[PersonCard, Markup]]:
    """Return each person with the cells of their row in the heat-map."""
    held = heat_of([card.person_id for card in cards], now)
    columns = heat_columns((each.id, each.title) for each in competencies)
    rows = []
    for card in cards:
        base = url_for("competency.explanation", person_id=card.person_id, competency_id="-")[:-1]
        mine, asked = held[card.person_id], targets[card.person_id]
        faces = [_face(mine.get(each.id), asked.get(each.id)) for each in competencies]
        rows.append((card, heat_row(card.name, base, columns, faces)))
    return rows


def _face(held: Heat | None, target: int | None) -> Face:
    return heat_face(held.level, target, lapsing=held.lapsing) if held else heat_face(0, target)
