"""What a shadowing problem is: people, departments, needs, rules and wishes as frozen typed values.

`instance.py` reads them from a file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .reading import Fault

SLOT_MINUTES = 30
SLOTS_PER_WEEK = 7 * 48


@dataclass(frozen=True, slots=True)
class Rules:
    """Hold the hard rules that are the same for everybody."""

    durations: tuple[int, ...]
    host_min_level: int
    rest_slots: int
    host_duty_pct: int
    max_per_pair: int
    prereq_level: int


@dataclass(frozen=True, slots=True)
class Weights:
    """Hold what each part of the objective is worth; the objective is maximised."""

    met_30min: float
    tie: float
    reciprocal: float
    load: float
    host_sq: float
    stability: float


@dataclass(frozen=True, slots=True)
class Department:
    """Hold a department's floor and load, both by slot of the week in UTC."""

    id: str
    min_on_duty: tuple[int, ...]
    load: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Employee:
    """Hold one person. `work` is seven local days of (from, to) minutes; `leave` is inclusive local dates."""

    id: str
    dept: int
    tz: str
    host_ok: bool
    work: tuple[tuple[tuple[int, int], ...], ...]
    leave: tuple[tuple[dt.date, dt.date], ...]
    busy: tuple[tuple[int, int], ...]
    levels: Mapping[str, int]
    learn_minutes: int
    host_minutes: int


@dataclass(frozen=True, slots=True)
class Requirement:
    """Hold one learner's need for minutes in one competency."""

    id: str
    learner: int
    competency: str
    minutes: int
    priority: int
    deadline: dt.date | None
    cross: bool


@dataclass(frozen=True, slots=True)
class PinnedSession:
    """Fix exactly this session."""

    place: str
    requirement: int
    host: int
    start: int
    minutes: int


@dataclass(frozen=True, slots=True)
class PinnedPair:
    """Ask for at least one session of this requirement with this host."""

    place: str
    requirement: int
    host: int


@dataclass(frozen=True, slots=True)
class Instance:
    """Hold a whole shadowing problem; people, departments and requirements are known by their index."""

    horizon_start: dt.date
    weeks: int
    rules: Rules
    weights: Weights
    departments: tuple[Department, ...]
    prereq: Mapping[str, tuple[str, ...]]
    employees: tuple[Employee, ...]
    requirements: tuple[Requirement, ...]
    pinned_sessions: tuple[PinnedSession, ...]
    pinned_pairs: tuple[PinnedPair, ...]
    forbidden_pairs: frozenset[tuple[int, int]]
    forbidden_times: tuple[tuple[int, int, int], ...]
    previous: tuple[tuple[int, int, int, int], ...] | None
    previous_rows: tuple[Mapping[str, Any], ...]
    frozen_before: int
    notes: tuple[Fault, ...] = field(default=())

    @property
    def slots(self) -> int:
        """Count the 30-minute slots of the horizon."""
        return self.weeks * SLOTS_PER_WEEK
