"""Lower the bound step by step: subgradient descent over the prices of `relax.py`.

Every price moves along the running mean of its own subgradient over the root of its running mean square
(Adam; Kingma and Ba 2015), at a rate that falls from `FIRST_RATE` to `LAST_RATE`. On top of that the prices
of all hosts of one host list move together by their joint subgradient: where a competency has fewer host
hours than learners want, hundreds of prices have to rise as one, which each alone, in its own noise, hardly
does.
The steps depend on nothing but their rates, so they are repeatable.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

import numpy as np

from .arrays import Array, Arrays
from .boxes import box_arrays, box_patterns, box_sketch
from .patterns import build_patterns
from .relax import Prices, evaluate, new_prices, new_sketch, new_usage, rank_hosts, same_weeks, slot_costs
from .state import open_starts

FIRST_RATE, LAST_RATE = 2.0, 0.03  # of a price per unit or slot; a unit met is worth about 100
JOINT, PAIR = 3.0, 0.3  # rates of host lists and of pairs beside those of single prices
MEAN, SQUARE = 0.85, 0.95  # how much of the running moments stays from step to step
TINY = 1e-3
BATCHES = 16
SWEEP_STEP, SLOWING = 0.006, 4  # the first step as a share of a unit's worth; sweeps until it is half


class Moments:
    """Hold the running mean and mean square of a subgradient."""

    def __init__(self, size: int | tuple[int, ...]) -> None:
        self._mean = np.zeros(size)
        self._square = np.zeros(size)
        self._count = 0

    def way(self, subgradient: Array) -> Array:
        """Take in a subgradient; return the direction, every entry about 1 where its sign stays."""
        self._count += 1
        self._mean += (1 - MEAN) * (subgradient - self._mean)
        self._square += (1 - SQUARE) * (subgradient**2 - self._square)
        mean = self._mean / (1 - MEAN**self._count)
        return mean / (np.sqrt(self._square / (1 - SQUARE**self._count)) + TINY)


class Descent:
    """Hold the prices and the best bound of one descent.

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
        self.steps = 0
        self._groups = np.arange(len(self.patterns.group_learner))
        self._floors = open_starts(arrays)
        self._same = same_weeks(arrays)
        self._mutual = np.flatnonzero(arrays.pair_back >= 0)
        self._back = arrays.pair_back[self._mutual]
        self._lists = host_lists(arrays)
        self._slot, self._host = Moments(self.usage.slot.shape), Moments(self.usage.host.shape)
        self._list, self._pair = Moments(len(self._lists)), Moments(len(self._mutual))

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

    def step(self, rate: float = FIRST_RATE) -> float:
        """Evaluate the bound once and move the prices at `rate`; return the best bound so far."""
        value = self.fixed_worth + self._evaluate(self._groups, self.prices)
        self.steps += 1
        if value < self.bound:
            self.bound = value
            self.best_prices = Prices(*(x.copy() for x in self.prices))
        self._move(rate)
        return self.bound

    def _move(self, rate: float) -> None:
        use, prices, lists = self.usage, self.prices, self._lists
        slot = np.where((prices.slot <= 0) & (use.slot < 0), 0.0, use.slot)
        host = np.where((prices.host <= 0) & (use.host < 0), 0.0, use.host)
        joint = self._list.way(lists @ host.sum(axis=1)) @ lists / np.maximum(1, lists.sum(axis=0))
        both = JOINT * np.where(prices.host > 0, joint[:, None], 0.0)
        np.maximum(0.0, prices.slot + rate * self._slot.way(slot), out=prices.slot)
        np.maximum(0.0, prices.host + rate * (self._host.way(host) + both), out=prices.host)
        pair = use.pair[self._mutual] - use.pair[self._back]
        self._share(prices, PAIR * rate * self._pair.way(pair))

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

    def run(
        self,
        share: Callable[[int], float],
        done: Callable[[], bool],
        lowered: Callable[[], None] = lambda: None,
    ) -> None:
        """Step until `share(steps taken)`, the part of the way that is behind, is 1 or it is `done`.

        `lowered` is called after every step that found a lower bound.
        """
        taken = 0
        while not done() and (part := share(taken)) < 1:
            before = self.bound
            if self.step(FIRST_RATE * (LAST_RATE / FIRST_RATE) ** part) < before:
                lowered()
            taken += 1


def host_lists(arrays: Arrays) -> Array:
    """Return a row per distinct host list, with 1 for each of its hosts."""
    out = np.zeros((len(arrays.list_at) - 1, len(arrays.dept)), np.float32)
    for n, (a, b) in enumerate(itertools.pairwise(arrays.list_at)):
        out[n, arrays.list_host[a:b]] = 1
    return out


def until(end: float) -> Callable[[], bool]:
    """Return a test that becomes true at `end` on the monotonic clock."""
    return lambda: time.monotonic() >= end
