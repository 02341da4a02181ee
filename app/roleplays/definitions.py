"""A role-play as its file states it: the scene, what only the other side knows, and the rubric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TOP_LEVEL = 4
CRITICAL_BELOW = 2


@dataclass(frozen=True)
class Criterion:
    """One row of the rubric; `levels` describes 0 to 4. A critical one fails the whole below level 2."""

    id: str
    title: str
    competency_id: str
    weight: int
    critical: bool
    levels: Mapping[int, str]


@dataclass(frozen=True)
class Persona:
    """Whom the assessor or actor plays."""

    name: str
    role: str
    company: str
    mood: str


@dataclass(frozen=True)
class RolePlayDefinition:
    """The scenario and rubric of one activity; times in minutes, `pass_mean` on the scale 0 to 4."""

    id: str
    activity_key: str
    title: str
    competency_ids: tuple[str, ...]
    minutes: int
    time_limit_minutes: int
    persona: Persona
    situation: str
    learner_brief: str
    actor_brief: str
    hidden_facts: tuple[str, ...]
    escalation_cues: tuple[str, ...]
    pass_mean: float
    criteria: tuple[Criterion, ...]
