"""Say what a worker process is to do."""

from __future__ import annotations

from dataclasses import dataclass

from .instance import Instance
from .plans import Session


@dataclass(frozen=True)
class Order:
    """Say what to do: `role` is "search" or "bound"; `target` is the value of a known plan."""

    role: str
    instance: Instance
    first: tuple[Session, ...]
    seed: int
    seconds: float
    step_limit: int | None
    target: float
