"""What HR sees first: who is stuck in onboarding and why, how far programmes are, where cover is thin."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.competency import queries as competency
from app.competency.queries_coverage import Coverage, coverage
from app.curriculum import queries as curriculum
from app.curriculum.progress import ModuleState, is_for
from app.dashboards.waiting import WaitingItem, waiting_for
from app.onboarding import queries as onboarding
from app.onboarding.queries import NewHire
from app.onboarding.standing import Risk
from app.people import queries as people
from app.people.identity import Actor

COVERAGE_LEVEL = 3
COVERAGE_DAYS = 60


@dataclass(frozen=True)
class Funnel:
    """How far the people of a curriculum's audience are: nothing begun, begun, all done."""

    id: str
    title: str
    audience_size: int
    begun: int
    done: int


@dataclass(frozen=True)
class HrHome:
    """Everything HR's home page shows."""

    risks: Counter[Risk]
    stuck: list[NewHire]
    funnels: list[Funnel]
    thin: list[Coverage]
    names: dict[int, str]
    waiting: list[WaitingItem]
    people_count: int


def hr_home(actor: Actor, now: datetime) -> HrHome:
    """Gather HR's page in a bounded number of queries."""
    cards = people.list_active()
    hires = onboarding.list_new_hires(now)
    stuck = [hire for hire in hires if hire.standing.risk in {Risk.LATE, Risk.AT_RISK}]
    stuck.sort(key=lambda hire: (hire.standing.risk is not Risk.LATE, hire.starts_on))
    framework = competency.find_framework()
    end = now + timedelta(days=COVERAGE_DAYS)
    rows = coverage(cards, framework.competencies if framework else [], COVERAGE_LEVEL, now, end)
    return HrHome(
        risks=Counter(hire.standing.risk for hire in hires),
        stuck=stuck,
        funnels=_funnels({card.person_id: card.department_key for card in cards}),
        thin=[row for row in rows if row.thin],
        names={card.person_id: card.name for card in cards},
        waiting=waiting_for(actor, now),
        people_count=len(cards),
    )


def _funnels(departments: dict[int, str | None]) -> list[Funnel]:
    progress = curriculum.progress_of(departments)
    out = []
    for path in curriculum.list_outlines():
        audience = [person for person, key in departments.items() if is_for(path.audience, key)]
        begun = done = 0
        for person_id in audience:
            mine = [progress[person_id][m] for m in path.module_ids if m in progress[person_id]]
            begun += any(module.done_count for module in mine)
            done += bool(mine) and all(module.state is ModuleState.DONE for module in mine)
        out.append(Funnel(path.id, path.title, len(audience), begun, done))
    return out
