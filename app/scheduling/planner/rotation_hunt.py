"""Keep the best rotation plan and the proven bound while the stages of a search work."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from .highs import Answer, run_highs
from .rotation_guides import assign_guides
from .rotation_instance import Stay, quarter_of
from .rotation_mip import RotationProgram
from .rotation_options import RotationWorld
from .solution import Progress

LEAST_SECONDS = 0.5
FIRST_SHARE = 0.6
Listener = Callable[[Progress], None]


@dataclass(slots=True)
class Hunt:
    """Keep the best plan and bound while the stages work, and tell whoever listens."""

    world: RotationWorld
    began_at: float
    ends_at: float
    seed: int
    nodes: int | None
    progress: Listener | None
    stop: Callable[[], bool] | None
    plan: dict[Stay, int] | None = None
    bound: float = float("inf")
    bound_seconds: float = 0.0
    first_seconds: float | None = None
    plans: int = 0

    @property
    def objective(self) -> float:
        """Return the number of (employee, quarter) pairs that the best plan serves."""
        return float(len({(s.employee, quarter_of(s.week)) for s in self.plan or ()}))

    @property
    def elapsed(self) -> float:
        """Return the seconds since the hunt began."""
        return time.monotonic() - self.began_at

    @property
    def left(self) -> float:
        """Return the seconds left."""
        return self.ends_at - time.monotonic()

    @property
    def done(self) -> bool:
        """Say whether to stop: proven, out of time, or asked to."""
        proven = self.plan is not None and self.objective >= self.bound - 0.5
        return proven or self.left < LEAST_SECONDS or (self.stop is not None and self.stop())

    def first_is_late(self) -> bool:
        """Say whether the first plan has had its share of the time."""
        return self.elapsed > FIRST_SHARE * (self.ends_at - self.began_at)

    def offer(self, stays: list[Stay]) -> None:
        """Keep the stays if they serve more than the best plan and supervisors can be named for them."""
        served = len({(s.employee, quarter_of(s.week)) for s in stays})
        if self.plan is not None and served <= self.objective:
            return
        guided = assign_guides(self.world, stays)
        if guided is not None:
            self.keep(guided)

    def keep(self, plan: dict[Stay, int]) -> None:
        """Take a legal plan as the best so far."""
        self.plan = plan
        self.plans += 1
        if self.first_seconds is None:
            self.first_seconds = self.elapsed
        self.tell()

    def lower(self, bound: float) -> None:
        """Take a proven bound; plans count whole pairs, so what is behind the point goes."""
        whole = math.floor(bound + 1e-6) if bound < self.bound else self.bound
        if whole < self.bound:
            self.bound, self.bound_seconds = float(whole), self.elapsed
            self.tell()

    def tell(self) -> None:
        """Report the best so far, the bound and the seconds."""
        if self.progress is not None:
            bound = self.bound if self.bound < float("inf") else None
            self.progress(Progress(self.objective, bound, self.elapsed))

    def run(
        self,
        made: RotationProgram,
        heard: Callable[[Answer], None] | None = None,
        start: list[int] | None = None,
    ) -> Answer:
        """Run the solver for the time left."""
        return run_highs(
            made.program,
            seconds=max(LEAST_SECONDS, self.left),
            seed=self.seed,
            nodes=self.nodes,
            start=start,
            stop=self.stop,
            heard=heard,
        )
