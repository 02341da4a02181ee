"""What a planner returns and reports, the same for shadowing and rotations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .reading import Fault


@dataclass(frozen=True, slots=True)
class Progress:
    """Report on a running search: best plan and bound so far, seconds since the start.

    `compiling` is true while the search is compiled, which is needed once on a machine.
    """

    objective: float | None
    bound: float | None
    seconds: float
    compiling: bool = False


@dataclass(frozen=True, slots=True)
class Solution:
    """Hold a legal plan, its score by part, and the proof of how much better any plan could be.

    `gap` is bound / objective − 1, None without a bound. `seconds` is wall time in all; `first_plan_seconds`
    until the first complete legal plan; `bound_seconds` until the bound last fell.
    """

    plan: dict[str, Any]
    objective: float
    bound: float | None
    gap: float | None
    seconds: float
    first_plan_seconds: float
    bound_seconds: float
    steps: int
    parts: Mapping[str, float]
    notes: tuple[Fault, ...] = field(default=())
