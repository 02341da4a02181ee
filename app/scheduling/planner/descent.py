"""Lower the bound step by step: deflected subgradient descent over the prices of `relax.py`.

Each step moves the prices along an exponential average of subgradients by Polyak's length towards a target,
a value known to be reachable (the best plan so far); after steps without success the length is cut and the
search returns to the best prices. The steps depend on nothing but their count and the targets, so they are
repeatable.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from .arrays import Array, Arrays
from .boxes import box_arrays, box_patterns, box_sketch
from .patterns import build_patterns
from .relax import Prices, evaluate, new_prices, new_sketch, new_usage, rank_hosts, same_weeks, slot_costs
from .state import open_starts

MEMORY = 0.9
PATIENCE = 8
CUT = 0.6
SHORTEST_STEP = 1e-5
BATCHES = 16
SWEEP_STEP, SLOWING = 0.006, 4  # the first step as a share of a unit's worth; sweeps until it is half


class Descent:
    """Hold the prices, the best bound and the step length of one descent.

    `most_states` limits a learner's combinations (see `patterns.py`): more is tighter and slower.
    `fixed_worth` is what the frozen past contributes; `met` are the units it meets.
    """

    def __init__(self, arrays: Arrays, met: Array, most_states: int, fixed_worth: float = 0.0) -> None:
        self.arrays = arrays
        self.patterns = build_patterns(arrays, met, most_states)
        self.sketch = new_sketch(arrays, self.patterns)
        self.boxed_patterns = box_patterns(self.patterns)
        self.boxed_sketch = box_sketch(self.sketch)
        self._boxed = box_arrays(arrays)
        self.usage = new_usage(arrays)
        self.prices = new_prices(arrays)
        self.best_prices = self.prices
        self.fixed_worth = fixed_worth
        self.bound = float("inf")
        self.length = 0.05
        self.steps = 0
        self._groups = np.arange(len(self.patterns.group_learner))
        self._floors = open_starts(arrays)
        self._same = same_weeks(arrays)
        self._worse = 0
        self._mutual = np.flatnonzero(arrays.pair_back >= 0)
        self._back = arrays.pair_back[self._mutual]
        self._way = new_usage(arrays)

    def _evaluate(self, groups: Array, prices: Prices) -> float:
        return float(
            evaluate(
                self._boxed,
                self.boxed_patterns,
                groups,
                prices,
                slot_costs(self.arrays, prices),
                self._floors,
                rank_hosts(self.arrays, prices.host, self._same),
                self._same,
                self.boxed_sketch,
                self.usage,
            )
        )

    def step(self, target: float) -> float:
        """Evaluate the bound once and move the prices; return the best bound so far."""
        prices = self.prices
        value = self.fixed_worth + self._evaluate(self._groups, prices)
        self.steps += 1
        if value < self.bound:
            self.bound, self._worse = value, 0
            self.best_prices = Prices(*(x.copy() for x in prices))
        else:
            self._worse += 1
            if self._worse >= PATIENCE:
                self.length *= CUT
                self._worse = 0
                self.prices = prices = Prices(*(x.copy() for x in self.best_prices))
        self._move(value, target, prices)
        return self.bound

    def _move(self, value: float, target: float, prices: Prices) -> None:
        use, way = self.usage, self._way
        way.slot[:] = MEMORY * way.slot + (1 - MEMORY) * use.slot
        way.host[:] = MEMORY * way.host + (1 - MEMORY) * use.host
        both = use.pair[self._mutual] - use.pair[self._back]
        way.pair[self._mutual] = MEMORY * way.pair[self._mutual] + (1 - MEMORY) * both
        slot = np.where((prices.slot <= 0) & (way.slot < 0), 0.0, way.slot)
        host = np.where((prices.host <= 0) & (way.host < 0), 0.0, way.host)
        norm = float((slot**2).sum() + (host**2).sum() + (way.pair**2).sum())
        if norm < 1e-12:
            return
        step = self.length * max(value - target, 1e-5 * abs(value)) / norm
        np.maximum(0.0, prices.slot + step * slot, out=prices.slot)
        np.maximum(0.0, prices.host + step * host, out=prices.host)
        self._share(prices, step * way.pair[self._mutual])

    def sweep(self, sweeps: int, done: Callable[[], bool]) -> None:
        """Move the prices after every few learners instead of after all; bound nothing yet.

        An incremental subgradient method (Nedić and Bertsekas 2001): far from good prices, a sweep over all
        learners in `BATCHES` parts gains as much as many whole steps.
        """
        a, use, prices = self.arrays, self.usage, self.prices
        worth = a.req_worth[a.req_worth > 0]
        first = SWEEP_STEP * float(worth.min(initial=np.inf)) if len(worth) else 0.0
        order = np.random.default_rng(1).permutation(self._groups)
        for n in range(sweeps):
            if done():
                return
            step = first / (1 + n / SLOWING)
            met = np.zeros(len(self._mutual))
            for part in range(BATCHES):
                self._evaluate(order[part::BATCHES], prices)
                np.maximum(0.0, prices.slot + step * use.slot, out=prices.slot)
                np.maximum(0.0, prices.host + step * use.host, out=prices.host)
                met += use.pair[self._mutual] - use.pair[self._back]
            self._share(prices, step * met)

    def _share(self, prices: Prices, move: Array) -> None:
        """Move the reward of pairs from the direction that is used more to the other; they sum to it."""
        reward = self.arrays.reciprocal
        pair = np.clip(prices.pair[self._mutual] - move, 0.0, reward)
        prices.pair[self._mutual] = pair
        prices.pair[self._mutual] = (pair + reward - prices.pair[self._back]) / 2

    def run(self, steps: int, target: Callable[[], float], done: Callable[[], bool]) -> float:
        """Take up to `steps` steps, until `done`, or until they no longer gain anything."""
        for _ in range(steps):
            if done() or self.length < SHORTEST_STEP:
                break
            self.step(target())
        return self.bound


def until(end: float) -> Callable[[], bool]:
    """Return a test that becomes true at `end` on the monotonic clock."""
    return lambda: time.monotonic() >= end
