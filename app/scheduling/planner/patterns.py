"""List, per learner, the ways in which sessions can add up to requirements.

A *state* says how many units of each of the learner's requirements are met; an *edge* adds one session of an
allowed length to one requirement whose prerequisites are complete. Learners with the same needs share one
graph. The relaxation runs a dynamic program over it, week by week.
"""

from __future__ import annotations

from array import array
from typing import NamedTuple

import numpy as np

from .arrays import Array, Arrays


class Patterns(NamedTuple):
    """Hold the graphs: groups of requirements, each with a range of edges sorted by the units already met."""

    group_at: Array
    group_req: Array
    group_learner: Array
    learner_at: Array
    graph: Array
    graph_at: Array
    graph_states: Array
    edge_from: Array
    edge_to: Array
    edge_item: Array
    edge_length: Array
    most_states: int


def build_patterns(arrays: Arrays, met: Array, most_states: int) -> Patterns:
    """Build the graphs for what `met` leaves open.

    A learner with more than `most_states` combinations is split into groups that each get the whole
    budget, which only loosens the relaxation; requirements that need each other stay together.
    """
    groups: list[list[int]] = []
    owner: list[int] = []
    graphs: dict[tuple[object, ...], int] = {}
    of_group: list[int] = []
    flat: list[tuple[Array, int]] = []
    lengths = [int(x) for x in arrays.lengths]
    for el in range(len(arrays.dept)):
        mine = [int(r) for r in arrays.learner_req[arrays.learner_at[el] : arrays.learner_at[el + 1]]]
        mine = [r for r in mine if not arrays.req_dead[r] and arrays.cand_at[r] < arrays.cand_at[r + 1]]
        for group in _split(arrays, mine, met, lengths, most_states):
            todo = tuple(int(arrays.req_units[r] - met[r]) for r in group)
            needs = tuple(
                tuple(
                    group.index(int(q))
                    for q in _needs(arrays, r)
                    if int(q) in group and met[q] < arrays.req_units[q]
                )
                for r in group
            )
            cap = int(arrays.learn_cap[el])
            key = (todo, needs, tuple(n for n in lengths if n <= cap))
            if key not in graphs:
                graphs[key] = len(flat)
                flat.append(_graph(todo, needs, [n for n in lengths if n <= cap], lengths))
            groups.append(group)
            owner.append(el)
            of_group.append(graphs[key])
    at = np.zeros(len(groups) + 1, np.int64)
    at[1:] = np.cumsum([len(g) for g in groups])
    learner_at = np.searchsorted(np.array(owner, np.int64), np.arange(len(arrays.dept) + 1))
    graph_at = np.zeros(len(flat) + 1, np.int64)
    graph_at[1:] = np.cumsum([len(e) for e, _ in flat])
    rows = np.concatenate([np.zeros((0, 4), np.int32), *(edges for edges, _ in flat)])
    return Patterns(
        at,
        np.array([r for g in groups for r in g], np.int64),
        np.array(owner, np.int64),
        learner_at,
        np.array(of_group, np.int64),
        graph_at,
        np.array([n for _, n in flat], np.int64),
        rows[:, 0].astype(np.int64),
        rows[:, 1].astype(np.int64),
        rows[:, 2].astype(np.int64),
        rows[:, 3].astype(np.int64),
        max((n for _, n in flat), default=1),
    )


def _needs(arrays: Arrays, r: int) -> Array:
    return arrays.need[arrays.need_at[r] : arrays.need_at[r + 1]]


def _sums(units: int, lengths: list[int]) -> int:
    found = {0}
    for total in range(1, units + 1):
        if any(total - n in found for n in lengths):
            found.add(total)
    return len(found)


def _split(arrays: Arrays, mine: list[int], met: Array, lengths: list[int], most: int) -> list[list[int]]:
    groups: list[list[int]] = []
    size = 0
    for joined in _chains(arrays, mine):
        counts = {r: _sums(int(arrays.req_units[r] - met[r]), lengths) for r in joined}
        chain = [r for r in joined if counts[r] > 1]
        if not chain:
            continue
        count = 1
        for r in chain:
            count *= counts[r]
        if groups and size * count <= most:
            groups[-1].extend(chain)
            size *= count
        else:
            groups.append(chain)
            size = count
    return groups


def _chains(arrays: Arrays, mine: list[int]) -> list[list[int]]:
    """Sort a learner's requirements into sets that are joined by prerequisites."""
    chains: list[list[int]] = []
    for r in mine:
        joined = [r]
        apart = []
        needs = {int(q) for q in _needs(arrays, r)}
        for chain in chains:
            if needs & set(chain) or any(r in _needs(arrays, x) for x in chain):
                joined = chain + joined
            else:
                apart.append(chain)
        chains = [*apart, joined]
    return chains


def _graph(
    todo: tuple[int, ...], needs: tuple[tuple[int, ...], ...], usable: list[int], lengths: list[int]
) -> tuple[Array, int]:
    """Walk all states; return a row (from, to, requirement, length index) per edge, and the state count."""
    zero = (0,) * len(todo)
    layers: dict[int, list[tuple[int, ...]]] = {0: [zero]}
    number = {zero: 0}
    edges = array("i")  # a graph of a hundred thousand states has millions
    for total in range(sum(todo) + 1):
        for state in layers.get(total, ()):
            for i, full in enumerate(todo):
                if any(state[q] < todo[q] for q in needs[i]):
                    continue
                for n in usable:
                    if state[i] + n > full:
                        continue
                    after = (*state[:i], state[i] + n, *state[i + 1 :])
                    if after not in number:
                        number[after] = len(number)
                        layers.setdefault(total + n, []).append(after)
                    edges.extend((number[state], number[after], i, lengths.index(n)))
    return np.frombuffer(edges, np.int32).reshape(-1, 4), len(number)
