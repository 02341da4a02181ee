"""How far the new hires of the demo are: some on track, one at risk, one late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from random import Random

from app.competency import queries as competency
from app.competency.service import record_many
from app.curriculum import queries as curriculum
from app.demo.history import Teller
from app.demo.meetings import Meeting, book
from app.demo.proofs import finish
from app.demo.roster import Member
from app.onboarding import queries as onboarding
from app.onboarding import service
from app.onboarding.definitions import Rule, Step
from app.onboarding.queries import NewHire
from app.people import queries as people
from app.scheduling.kinds import Mode, SessionKind

AHEAD_DAYS = {"jonas": -14, "lukas": -3, "elif": 0}
"""How many days ahead of today each one's steps are done; the others are four days ahead."""

SHOWN_BY = {"support": "helpdesk-system", "sales": "sales-basics"}


def catch_up(roster: list[Member], ids: Mapping[str, int], random: Random, now: datetime) -> None:
    """Let every new hire do what was due by their day, through the services of each kind of step."""
    members = {ids[member.key]: member for member in roster}
    for hire in onboarding.list_new_hires(now):
        member = members[hire.person.person_id]
        day = member.started_days_ago + 1 + AHEAD_DAYS.get(member.key, 4)
        for standing in hire.standing.steps:
            if standing.step.due_day <= day:
                _do(standing.step, hire, member, ids, random=random, now=now)


def _do(
    step: Step, hire: NewHire, member: Member, ids: Mapping[str, int], *, random: Random, now: datetime
) -> None:
    if step.rule is Rule.MODULE:
        _finish(step.target, ids[member.key], member.started_days_ago, random, now)
    elif step.rule is Rule.COMPETENCY:
        ability = competency.find_competency(step.target)
        if ability:
            seniors = [key for key in ("noor", "hiro", "maria", "otto") if key != member.key]
            teller = Teller(member, ids, ability, random, now=now, seniors=seniors)
            record_many(teller.climbed(step.level, (1, max(2, member.started_days_ago - 2))), now, quiet=True)
    elif step.rule is Rule.CONFIRM:
        confirmer = {"manager": hire.person.manager_id, "hr": ids["hanna"], "self": ids[member.key]}[
            step.target
        ]
        service.confirm_step(
            people.actor_for(confirmer or ids["hanna"], now), hire.enrolment_id, step.id, now
        )
    else:
        _meet(step, hire, member, ids, random=random, now=now)


def _finish(module_id: str, person_id: int, days: int, random: Random, now: datetime) -> None:
    steps = [step for step in curriculum.module_progress(person_id)[module_id].steps if not step.done]
    ago = sorted(
        (timedelta(days=random.randint(0, max(1, days - 2)), minutes=random.randint(20, 300)) for _ in steps),
        reverse=True,
    )
    for step, before in zip(steps, ago, strict=True):
        finish(step, person_id, now - before, random)


def _meet(
    step: Step, hire: NewHire, member: Member, ids: Mapping[str, int], *, random: Random, now: datetime
) -> None:
    shadowing = step.session_kind == SessionKind.SHADOWING
    weeks = range(-(member.started_days_ago // 7), 1)
    held = 0
    for week in weeks:
        meeting = Meeting(
            member.key,
            SHOWN_BY.get(step.target, "product-knowledge"),
            Mode.OBSERVE if shadowing else None,
            week,
            kind=SessionKind(step.session_kind),
            minutes=30,
            not_before=datetime.combine(hire.starts_on, time(), UTC),
            saw="How the day begins, and which questions come first.",
            learned="Whom to ask, and where the answer is written down.",
            next_step="Do the next one myself, with the host beside me.",
        )
        for _try in range(2):
            if held < step.count:
                held += book([meeting], ids, random, now)
