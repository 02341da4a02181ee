"""Simulate learners who forget as in Pavlik and Anderson's activation model, which is not FSRS's own.

Every exposure leaves a trace of its own that fades by a power of its age; the activation of a card is
m = ln Σ (h·age)^(−d), an exposure's decay is d = c·e^m + a with m the activation just before it, and the
chance of recall is 1/(1 + e^((τ − m)/s)). Ages are in seconds, and time away from practice counts h-fold.
Source: Pavlik & Anderson 2005, *Cognitive Science* 29:559, with constants of the size reported there.

Why it is fair: the model comes from laboratory recall of word pairs, not from the flash-card logs on which
FSRS was fitted. It has neither FSRS's stability nor its difficulty, remembers every single exposure, and
makes widening gaps no better than even ones (Lindsey et al. 2009, *Proc. CogSci*), which is the opposite of
what would flatter FSRS. No schedule sees its inside: only right or wrong.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

DAY_SECONDS = 86_400.0
# c, s and h of the source; a and τ are its means, from which learners and cards differ (below).
DECAY_SCALE = 0.217
NOISE = 0.255
AWAY = 0.025
DECAY_MEAN, DECAY_SPREAD = 0.177, 0.03
THRESHOLD = -0.704
# How much easier than a foreign word pair a fact of one's own trade is, and how much facts differ in it. Our
# assumption: half a year after a single lesson and no practice about one fact in ten is recalled.
EASE = 0.6
EASE_SPREAD = 0.3
ABILITY_SPREAD = 0.2
# A lesson shows each card this often, this many seconds apart: read, example, question, feedback.
LESSON_EXPOSURES, LESSON_GAP = 4, 120.0


@dataclass(frozen=True, slots=True)
class Memory:
    """Hold the traces of n learner-card pairs: ages count from `moments` (seconds), counts say how many."""

    moments: Floats
    decays: Floats
    counts: Integers
    decay_base: Floats
    ease: Floats


def new_memory(
    learners: int, cards: int, traces: int, random: np.random.Generator, ease: float = EASE
) -> Memory:
    """Draw learners and cards, one row per pair (learner-major), with room for `traces` exposures each."""
    rows = learners * cards
    ability = random.normal(0, ABILITY_SPREAD, (learners, 1))
    eases = random.normal(ease, EASE_SPREAD, (learners, cards)) + ability
    decay = np.clip(random.normal(DECAY_MEAN, DECAY_SPREAD, (learners, 1)), 0.05, 0.4)
    return Memory(
        moments=np.zeros((rows, traces)),
        decays=np.zeros((rows, traces)),
        counts=np.zeros(rows, dtype=np.int64),
        decay_base=np.repeat(decay, cards),
        ease=eases.ravel(),
    )


def activation(memory: Memory, rows: Integers, at: float) -> Floats:
    """Give the activation of some rows at a moment in seconds; minus infinity before any exposure."""
    if len(rows) == 0:
        return np.zeros(0)
    most = max(int(memory.counts[rows].max()), 1)
    ages = AWAY * np.maximum(at - memory.moments[rows, :most], 1.0)
    strengths = ages ** -memory.decays[rows, :most]
    strengths[np.arange(most) >= memory.counts[rows, None]] = 0.0
    with np.errstate(divide="ignore"):
        return np.log(strengths.sum(axis=1))


def recall_chance(memory: Memory, rows: Integers, at: float) -> Floats:
    """Give the true chance of recall (0 to 1) of some rows at a moment in seconds."""
    distance = THRESHOLD - memory.ease[rows] - activation(memory, rows, at)
    return 1 / (1 + np.exp(np.minimum(distance / NOISE, 700)))


def expose(memory: Memory, rows: Integers, at: float) -> None:
    """Leave a trace on some rows (each once): a question with its feedback, right or wrong."""
    before = activation(memory, rows, at)
    slot = memory.counts[rows]
    if len(rows) and int(slot.max()) >= memory.moments.shape[1]:
        raise ValueError("the memory has no room for another exposure")
    memory.moments[rows, slot] = at
    memory.decays[rows, slot] = DECAY_SCALE * np.exp(before) + memory.decay_base[rows]
    memory.counts[rows] += 1


def teach(memory: Memory, rows: Integers, at: float) -> None:
    """Give a lesson: several exposures close together, ending at a moment in seconds."""
    for exposure in range(LESSON_EXPOSURES):
        expose(memory, rows, at - LESSON_GAP * (LESSON_EXPOSURES - 1 - exposure))
