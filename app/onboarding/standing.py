"""Decide where a new hire stands: which steps are done, what is due, and whether they are late or at risk.

Pure: a programme, a start date, dated facts and today in; states and structured reasons out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple

from app.onboarding.definitions import Milestone, Programme, Rule, Step

DUE_SOON_DAYS = 3
IDLE_DAYS = 7
LOAD_DAYS = 7


@dataclass(frozen=True)
class SessionFact:
    """A session that was held: its kind, the department it was with, and the local day."""

    kind: str
    department_key: str
    held_on: date


@dataclass(frozen=True)
class Facts:
    """What is known of one person, in their own days.

    `modules_done_on` by module id; `highest_levels` the highest level ever held by competency;
    `confirmed_on` by step id; `module_minutes_left` by module id; `last_active_on` the day anything was
    last completed.
    """

    modules_done_on: Mapping[str, date] = field(default_factory=dict)
    highest_levels: Mapping[str, int] = field(default_factory=dict)
    sessions: Sequence[SessionFact] = ()
    confirmed_on: Mapping[str, date] = field(default_factory=dict)
    module_minutes_left: Mapping[str, int] = field(default_factory=dict)
    weekly_budget_minutes: int = 60
    last_active_on: date | None = None


class StepState(StrEnum):
    """Where one step stands."""

    DONE = "done"
    OVERDUE = "overdue"
    SOON = "soon"
    OPEN = "open"


class Risk(StrEnum):
    """Where a person or milestone stands, worst last."""

    DONE = "done"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    LATE = "late"


class ReasonKind(StrEnum):
    """Why someone is late or at risk."""

    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    OVERLOADED = "overloaded"
    IDLE = "idle"


class Reason(NamedTuple):
    """One reason. `days` is how long overdue, until due or idle; minutes are those due within a week."""

    kind: ReasonKind
    step_title: str = ""
    days: int = 0
    minutes: int = 0
    budget_minutes: int = 0


class StepStanding(NamedTuple):
    """A step with its due day and state; `count_done` of a session step counts towards its `count`."""

    step: Step
    due_on: date
    state: StepState
    count_done: int = 0


class MilestoneStanding(NamedTuple):
    """A milestone with its steps and the worst of their states."""

    id: str
    title: str
    steps: tuple[StepStanding, ...]
    risk: Risk

    @property
    def done_count(self) -> int:
        return len([s for s in self.steps if s.state is StepState.DONE])


@dataclass(frozen=True)
class Standing:
    """Where a person stands in a programme, with the reasons, most pressing first."""

    risk: Risk
    reasons: tuple[Reason, ...]
    milestones: tuple[MilestoneStanding, ...]

    @property
    def steps(self) -> list[StepStanding]:
        return [step for milestone in self.milestones for step in milestone.steps]

    @property
    def next_step(self) -> StepStanding | None:
        """Return the open step that is due first."""
        still = [step for step in self.steps if step.state is not StepState.DONE]
        return min(still, key=lambda step: step.due_on, default=None)


def stand(programme: Programme, starts_on: date, facts: Facts, today: date) -> Standing:
    """Return the standing on a day. Late: a step is overdue. At risk: a step is due within three days,
    more lesson minutes are due within a week than the weekly budget, or nothing happened for a week
    while something is due in the next one.
    """
    day = (today - starts_on).days + 1
    milestones = [_milestone(milestone, starts_on, facts, day) for milestone in programme.milestones]
    still = [
        step
        for milestone in milestones
        if milestone.risk is not Risk.DONE
        for step in milestone.steps
        if step.state is not StepState.DONE
    ]
    if not still:
        return Standing(Risk.DONE, (), tuple(milestones))
    reasons = _reasons(still, facts, today, starts_on)
    late = any(step.state is StepState.OVERDUE for step in still)
    risk = Risk.LATE if late else Risk.AT_RISK if reasons else Risk.ON_TRACK
    return Standing(risk, tuple(reasons), tuple(milestones))


def due_on(step: Step, starts_on: date) -> date:
    """Return the day a step is due; day 1 is the start date."""
    return starts_on + timedelta(days=step.due_day - 1)


def _milestone(milestone: Milestone, starts_on: date, facts: Facts, day: int) -> MilestoneStanding:
    steps = tuple([_step(step, starts_on, facts, day) for step in milestone.steps])
    return MilestoneStanding(milestone.id, milestone.title, steps, _milestone_risk(steps))


def _step(step: Step, starts_on: date, facts: Facts, day: int) -> StepStanding:
    """Return where a step stands on a day of the programme, counted as `due_day` is."""
    count = 0
    rule = step.rule
    if rule is Rule.MODULE:
        done = step.target in facts.modules_done_on
    elif rule is Rule.COMPETENCY:
        done = facts.highest_levels.get(step.target, 0) >= step.level
    elif rule is Rule.SESSION:
        count = sum(
            s.kind == step.session_kind and s.department_key == step.target and s.held_on >= starts_on
            for s in facts.sessions
        )
        done = count >= step.count
    else:
        done = step.id in facts.confirmed_on
    if done:
        state = StepState.DONE
    elif step.due_day < day:
        state = StepState.OVERDUE
    else:
        state = StepState.SOON if step.due_day <= day + DUE_SOON_DAYS else StepState.OPEN
    return StepStanding(step, due_on(step, starts_on), state, count)


def _milestone_risk(steps: Sequence[StepStanding]) -> Risk:
    states = [step.state for step in steps if step.state is not StepState.DONE]
    if not states:
        return Risk.DONE
    if StepState.OVERDUE in states:
        return Risk.LATE
    return Risk.AT_RISK if StepState.SOON in states else Risk.ON_TRACK


def _reasons(still: Sequence[StepStanding], facts: Facts, today: date, starts_on: date) -> list[Reason]:
    """Return why a person with these steps still to do is late or at risk."""
    reasons = []
    by_due = sorted(still, key=attrgetter("due_on"))
    for standing in by_due:
        if standing.state is StepState.OVERDUE:
            days = (today - standing.due_on).days
            reasons.append(Reason(ReasonKind.OVERDUE, standing.step.title, days=days))
        elif standing.state is StepState.SOON:
            days = (standing.due_on - today).days
            reasons.append(Reason(ReasonKind.DUE_SOON, standing.step.title, days=days))
    week = today + timedelta(days=LOAD_DAYS)
    in_a_week = [s for s in by_due if s.due_on <= week]
    minutes = sum(
        [facts.module_minutes_left.get(s.step.target, 0) for s in in_a_week if s.step.rule is Rule.MODULE]
    )
    if minutes > facts.weekly_budget_minutes:
        reasons.append(
            Reason(ReasonKind.OVERLOADED, minutes=minutes, budget_minutes=facts.weekly_budget_minutes)
        )
    idle = (today - max(facts.last_active_on or starts_on, starts_on)).days
    if idle >= IDLE_DAYS and in_a_week:
        reasons.append(Reason(ReasonKind.IDLE, days=idle))
    return reasons
