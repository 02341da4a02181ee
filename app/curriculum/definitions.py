"""What the curriculum files say, as frozen values that the loader hands to the service."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

EVERYONE = "everyone"


class ActivityKind(StrEnum):
    """The kinds of step in a module."""

    LESSON = "lesson"
    QUIZ = "quiz"
    ROLE_PLAY = "role_play"
    TASK = "task"


@dataclass(frozen=True)
class Activity:
    """One step of a module, 5 to 15 minutes; `html` is a lesson's rendered, sanitised text.

    A step for one audience only is no part of anyone else's module (P25).
    `mode` (assist | reverse_shadow | supervised) and `competency_id` are a task's.
    """

    id: str
    kind: ActivityKind
    title: str
    minutes: int
    competency_ids: tuple[str, ...] = ()
    html: str = ""
    task: str = ""
    mode: str = ""
    audience: tuple[str, ...] = (EVERYONE,)


@dataclass(frozen=True)
class Media:
    """A picture that lessons of a module show."""

    name: str
    mime_type: str
    data: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()[:16]


@dataclass(frozen=True)
class Module:
    """An ordered set of activities about one skill, for an audience (department keys, or everyone)."""

    id: str
    title: str
    summary: str
    audience: tuple[str, ...]
    competency_ids: tuple[str, ...]
    prerequisites: tuple[str, ...]
    activities: tuple[Activity, ...]
    media: tuple[Media, ...] = ()

    @property
    def minutes(self) -> int:
        return sum(activity.minutes for activity in self.activities)


@dataclass(frozen=True)
class Metric:
    """A figure that a curriculum or programme should move."""

    name: str
    unit: str
    baseline: float
    target: float


@dataclass(frozen=True)
class Curriculum:
    """An ordered path of modules for an audience, with what it is for (P1)."""

    id: str
    title: str
    audience: tuple[str, ...]
    sponsor: str
    objective: str
    gives_you: str
    module_ids: tuple[str, ...]
    metrics: tuple[Metric, ...] = ()


@dataclass(frozen=True)
class Catalogue:
    """Everything the curriculum domain loads at once."""

    modules: tuple[Module, ...]
    curricula: tuple[Curriculum, ...]
    by_module: Mapping[str, Module] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_module", {module.id: module for module in self.modules})


def activity_key(module_id: str, activity_id: str) -> str:
    """Return the key under which results of an activity are kept for ever."""
    return f"{module_id}/{activity_id}"
