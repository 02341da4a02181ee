"""Decide how far someone is and what comes next: pure, from definitions and completions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.curriculum.definitions import EVERYONE


@dataclass(frozen=True)
class StepView:
    """An activity as a learner meets it."""

    key: str
    module_id: str
    activity_id: str
    kind: str
    title: str
    minutes: int
    done: bool


class ModuleState(StrEnum):
    """Where a learner stands with a module."""

    LOCKED = "locked"
    OPEN = "open"
    STARTED = "started"
    DONE = "done"


@dataclass(frozen=True)
class ModuleProgress:
    """A module with the learner's progress; `waits_for` names prerequisite module ids not yet done."""

    module_id: str
    title: str
    summary: str
    competency_ids: tuple[str, ...]
    steps: tuple[StepView, ...]
    waits_for: tuple[str, ...]

    @property
    def minutes(self) -> int:
        return sum(step.minutes for step in self.steps)

    @property
    def done_count(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def minutes_left(self) -> int:
        return sum(step.minutes for step in self.steps if not step.done)

    @property
    def state(self) -> ModuleState:
        if self.steps and self.done_count == len(self.steps):
            return ModuleState.DONE
        if self.waits_for:
            return ModuleState.LOCKED
        return ModuleState.STARTED if self.done_count else ModuleState.OPEN

    @property
    def next_step(self) -> StepView | None:
        return next((step for step in self.steps if not step.done), None)


def is_for(audience: Collection[str], department_key: str | None) -> bool:
    """Tell whether an audience includes a department."""
    return EVERYONE in audience or (department_key is not None and department_key in audience)


def done_modules(steps_by_module: Mapping[str, Sequence[StepView]]) -> set[str]:
    """Return the modules of which every step is done."""
    return {module for module, steps in steps_by_module.items() if steps and all(s.done for s in steps)}


def next_steps(
    modules: Iterable[ModuleProgress], budget_left: int, asked: Collection[str] = ()
) -> list[StepView]:
    """Return what to do next, best first: what fits the budget, then started modules, then path order.

    Every unlocked module offers its next open step; the keys in `asked` wait for somebody else and are passed
    over. A step longer than the minutes left this week is put
    after those that fit, never dropped: the budget advises (P11), it does not forbid.
    """
    offers = []
    for position, module in enumerate(modules):
        step = next((step for step in module.steps if not step.done and step.key not in asked), None)
        if step is None or module.state is ModuleState.LOCKED:
            continue
        offers.append((step.minutes > budget_left, module.state is not ModuleState.STARTED, position, step))
    offers.sort(key=lambda offer: offer[:3])
    return [offer[3] for offer in offers]
