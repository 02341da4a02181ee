"""What an employee sees first: one next step, the week's budget, what comes up, levels, what changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _

from app.competency import queries as competency
from app.competency import queries_heat, queries_ledger
from app.competency.queries_ledger import LoggedChange
from app.curriculum import queries as curriculum
from app.curriculum.progress import StepView, next_steps
from app.curriculum.queries import PathView
from app.curriculum.views import activity_url
from app.dashboards.waiting import WaitingItem, judgements
from app.onboarding import queries as onboarding
from app.onboarding.definitions import Rule
from app.onboarding.queries import NewHire
from app.onboarding.standing import StepState
from app.people.identity import Actor
from app.quizzes import access as grading
from app.quizzes import queries_open as quizzes
from app.roleplays import queries_waiting as roleplays
from app.scheduling import queries_mine as scheduling
from app.scheduling.kinds import State
from app.scheduling.queries_sessions import SessionFact
from app.weeks import monday_of, week_span

SOON = timedelta(hours=36)
MOST_LEVELS = 6


@dataclass(frozen=True)
class Next:
    """A next step: what it is, where it is done, how many minutes it takes, when it is."""

    title: str
    href: str
    action: str
    icon: str
    minutes: int | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class EmployeeHome:
    """Everything the employee's home page shows."""

    next: Next | None
    also: list[Next]
    spent_minutes: int
    planned_minutes: int
    budget_minutes: int
    sessions: list[SessionFact]
    level_rows: list[dict[str, object]]
    changes: list[LoggedChange]
    competency_titles: dict[str, str]
    onboarding: NewHire | None
    days_overdue: int
    """Of the next step of onboarding; 0 while it is not."""


def employee_home(actor: Actor, now: datetime) -> EmployeeHome:
    """Gather the employee's page in a bounded number of queries."""
    me = actor.person_id
    start, end = week_span(monday_of(now, actor.time_zone), actor.time_zone)
    done = curriculum.completions_of(me)
    spent = done.minutes_between(start, end)
    week = scheduling.my_week(me, now, start, end, upcoming=4)
    progress = curriculum.progress_after(done.keys, actor.department_key)
    paths = curriculum.list_paths(actor.department_key, progress)
    left = actor.weekly_budget_minutes - spent - week.booked_minutes
    hires = onboarding.list_new_hires(now, person_ids=[me])
    names = {module.module_id: module.title for path in paths for module in path.modules}
    concerns = roleplays.concerns_of(actor, now)
    begun, to_grade = quizzes.open_attempts(me)
    under_way = {attempt.activity_key for attempt in begun}
    steps = [step for step in _learning(paths, hires, left, concerns.asked) if step.key not in under_way]
    soon = [s for s in week.upcoming if s.state is State.ACCEPTED and s.starts_at - now <= SOON]
    offers = [
        *map(_from_debrief, week.to_debrief),
        *map(_from_session, soon),
        *map(_from_invitation, week.invitations),
        *map(_from_judgement, judgements(concerns.waiting, grading.gradable(actor, to_grade, now))),
        *(_from_attempt(attempt, names) for attempt in begun),
        *(_from_step(step, names) for step in steps),
    ]
    framework = competency.find_framework()
    titles = {c.id: c.title for c in framework.competencies} if framework else {}
    return EmployeeHome(
        next=offers[0] if offers else None,
        also=offers[1:5],
        spent_minutes=spent + week.past_minutes,
        planned_minutes=week.booked_minutes - week.past_minutes,
        budget_minutes=actor.weekly_budget_minutes,
        sessions=week.upcoming,
        level_rows=_levels(actor, titles, now),
        changes=queries_ledger.list_changes(me, limit=5),
        competency_titles=titles,
        onboarding=hires[0] if hires else None,
        days_overdue=_days_overdue(hires[0], actor, now) if hires else 0,
    )


def _days_overdue(hire: NewHire, actor: Actor, now: datetime) -> int:
    today = now.astimezone(ZoneInfo(actor.time_zone)).date()
    step = hire.standing.next_step
    return max(0, (today - step.due_on).days) if step else 0


def _learning(
    paths: Sequence[PathView], hires: Sequence[NewHire], left: int, asked: Collection[str]
) -> list[StepView]:
    """Return the open steps of learning: what onboarding wants by now first, then the person's curricula."""
    by_id = {module.module_id: module for path in paths for module in path.modules}
    wanted = [
        each.step.target
        for hire in hires
        for each in hire.standing.steps
        if each.step.rule is Rule.MODULE and each.state in {StepState.OVERDUE, StepState.SOON}
    ]
    due = [by_id[module_id] for module_id in wanted if module_id in by_id]
    mine = [module for path in paths if path.for_me for module in path.modules]
    steps = [*next_steps(due, left, asked), *next_steps(dict.fromkeys(mine), left, asked)]
    return list(dict.fromkeys(steps))


def _levels(actor: Actor, titles: dict[str, str], now: datetime) -> list[dict[str, object]]:
    """Return the levels with a target or already begun, lapsing ones first, then the widest gap."""
    held = queries_heat.heat_of([actor.person_id], now)[actor.person_id]
    targets = competency.targets_by_role({actor.person_id: actor.job_role_key})[actor.person_id]
    rows = []
    for competency_id in titles:
        mine = held.get(competency_id)
        level, target = (mine.level if mine else 0), targets.get(competency_id, 0)
        if level or target:
            rows.append((not (mine and mine.lapsing), level - target, competency_id, level, target))
    rows.sort(key=lambda row: row[:2])
    return [
        {
            "name": titles[competency_id],
            "level": level,
            "target": target,
            "href": url_for("competency.explanation", person_id=actor.person_id, competency_id=competency_id),
            "lapsing": not steady,
        }
        for steady, _gap, competency_id, level, target in rows[:MOST_LEVELS]
    ]


def _from_step(step: StepView, module_titles: Mapping[str, str]) -> Next:
    icon = {"lesson": "book", "quiz": "quiz", "role_play": "people", "task": "target"}[step.kind]
    href = activity_url(step.module_id, step.activity_id, step.kind)
    title = _quiz_title(step.title, step.module_id, module_titles) if step.kind == "quiz" else step.title
    return Next(title, href, _("Start"), icon, minutes=step.minutes)


def _quiz_title(title: str, module_id: str, module_titles: Mapping[str, str]) -> str:
    """Return a quiz with its module, since every module has a quiz of the same name."""
    return ": ".join(part for part in (title, module_titles.get(module_id)) if part)


def _from_session(session: SessionFact) -> Next:
    title = session.competency_title or _("Session")
    return Next(title, _page(session), _("Prepare"), "calendar", session.minutes, session.starts_at)


def _from_invitation(session: SessionFact) -> Next:
    title = _("Answer an invitation: %(title)s", title=session.competency_title or _("session"))
    return Next(title, _page(session), _("Answer"), "mail", at=session.starts_at)


def _from_debrief(session: SessionFact) -> Next:
    title = _("Debrief: %(title)s", title=session.competency_title or _("session"))
    return Next(title, _page(session), _("Write"), "edit", minutes=2)


def _from_judgement(item: WaitingItem) -> Next:
    return Next(": ".join(part for part in (item.title, item.meta) if part), item.href, _("Open"), item.icon)


def _from_attempt(attempt: quizzes.Begun, module_titles: Mapping[str, str]) -> Next:
    quiz = _quiz_title(attempt.title, attempt.module_id, module_titles)
    title = _("Finish the quiz you began: %(title)s", title=quiz)
    return Next(title, url_for("quizzes.attempt", attempt_id=attempt.id), _("Go on"), "quiz")


def _page(session: SessionFact) -> str:
    return url_for("scheduling.session_page", session_id=session.session_id)
