"""Time the quiz statistics: `python -m bench.assessment_statistics [--attempts N] [--questions Q] [--json]`.

The attempts are simulated (one ability per learner, one difficulty per question, five answers each, every
fourth position drawn from three questions, one response in fifty left empty) and made before the clock
starts, a thousand at a time, so that the time is that of the statistics alone. Memory is the highest
resident size of the process, simulation included.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app.quizzes.statistics import quiz_statistics
from app.quizzes.statistics_input import MarkedAttempt, MarkedResponse

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Timing:
    """State how long the statistics took (seconds by the clock and of processor time) and the memory (MB)."""

    attempts: int
    questions: int
    responses: int
    seconds: float
    processor_seconds: float
    responses_per_second: int
    highest_memory_mb: int


class _Stopwatch:
    """Count the time spent making attempts, to take it off the total."""

    def __init__(self) -> None:
        self.making = self.making_processor = 0.0


def _attempts(attempts: int, questions: int, seed: int, watch: _Stopwatch) -> Iterator[MarkedAttempt]:
    random = np.random.default_rng(seed)
    difficulty = random.normal(0, 1, questions)
    names = [[f"q{position}-{drawn}" for drawn in range(3)] for position in range(questions)]
    keys = [(f"a{number}",) for number in range(5)]
    for first in range(0, attempts, BATCH):
        start, start_processor = time.perf_counter(), time.process_time()
        size = min(BATCH, attempts - first)
        ability = random.normal(0, 1, (size, 1))
        right = (random.random((size, questions)) < 1 / (1 + np.exp(difficulty - ability))).tolist()
        wrong = random.integers(1, 5, (size, questions)).tolist()
        drawn = random.integers(0, 3, (size, questions)).tolist()
        empty = (random.random((size, questions)) < 0.02).tolist()
        batch = [
            MarkedAttempt(
                str(first + row),
                tuple(
                    MarkedResponse(
                        position,
                        names[position][drawn[row][position] if position % 4 == 3 else 0],
                        1,
                        1.0 + position % 3,
                        (1.0 + position % 3) * right[row][position],
                        not empty[row][position],
                        keys[0] if right[row][position] else keys[wrong[row][position]],
                    )
                    for position in range(questions)
                ),
            )
            for row in range(size)
        ]
        watch.making += time.perf_counter() - start
        watch.making_processor += time.process_time() - start_processor
        yield from batch


def measure(attempts: int = 100_000, questions: int = 20, seed: int = 1) -> Timing:
    """Time the statistics over simulated attempts."""
    watch = _Stopwatch()
    start, start_processor = time.perf_counter(), time.process_time()
    report = quiz_statistics(_attempts(attempts, questions, seed, watch))
    seconds = time.perf_counter() - start - watch.making
    processor = time.process_time() - start_processor - watch.making_processor
    assert report.attempts == attempts
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    responses = attempts * questions
    return Timing(
        attempts,
        questions,
        responses,
        round(seconds, 2),
        round(processor, 2),
        int(responses / seconds),
        memory,
    )


def main() -> None:
    """Print the timing as text or JSON."""
    parser = argparse.ArgumentParser(description="Time the quiz statistics.")
    parser.add_argument("--attempts", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    timing = measure(options.attempts, options.questions, options.seed)
    figures = {name: getattr(timing, name) for name in timing.__dataclass_fields__}
    if options.json:
        json.dump(figures, sys.stdout)
        print()
        return
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):>22}  {value}")


if __name__ == "__main__":
    main()
