"""Say what a worker process is to do."""

from __future__ import annotations

from dataclasses import dataclass

from .plans import Session
from .world import World


@dataclass(frozen=True)
class Order:
    """Say what to plan, with which seed, and how many steps at most."""

    world: World
    seed: int = 0
    step_limit: int | None = None


@dataclass(frozen=True)
class Go:
    """Say when to begin: with a known plan, until `end` on the monotonic clock."""

    first: tuple[Session, ...]
    end: float
