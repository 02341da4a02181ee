"""Onboarding programmes as their files state them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.curriculum.definitions import Metric


class Rule(StrEnum):
    """What completes a step."""

    MODULE = "module"
    COMPETENCY = "competency"
    SESSION = "session"
    CONFIRM = "confirm"


@dataclass(frozen=True)
class Step:
    """One thing to be done by a day (1 is the start date, calendar days), and what completes it.

    module: `target` is the module id. competency: `target` and `level`. session: `target` is the
    department the session is with, `session_kind` and `count`. confirm: `target` is who ticks it
    (manager | hr | self).
    """

    id: str
    title: str
    due_day: int
    rule: Rule
    target: str
    level: int = 0
    session_kind: str = ""
    count: int = 0


@dataclass(frozen=True)
class Milestone:
    """A column of the onboarding board."""

    id: str
    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Programme:
    """What a new hire in one of the job roles goes through."""

    id: str
    title: str
    job_role_keys: tuple[str, ...]
    sponsor: str
    objective: str
    gives_you: str
    metrics: tuple[Metric, ...]
    milestones: tuple[Milestone, ...]
