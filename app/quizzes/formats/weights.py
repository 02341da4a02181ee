"""The answer weights that Moodle knows, and how a written weight is matched to them.

Moodle stores a weight as one of a fixed list: p/q for q up to 6, tenths, 1/q for q up to 10, and 1/20
(question/engine/bank.php, `ensure_fraction_options_initialised`). An import refuses any other that is not
within 0.00001 of one (lib/questionlib.php, `match_grade_options`).
"""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache

POSITIVE = (
    1.0,
    0.9,
    0.8333333,
    0.8,
    0.75,
    0.7,
    0.6666667,
    0.6,
    0.5,
    0.4,
    0.3333333,
    0.3,
    0.25,
    0.2,
    0.1666667,
    0.1428571,
    0.125,
    0.1111111,
    0.1,
    0.05,
)
KNOWN = sorted((*POSITIVE, 0.0, *(-weight for weight in POSITIVE)))
EXACT = 0.00001
ROUNDED = 0.0005


@lru_cache(maxsize=1024)
def match_weight(fraction: float) -> tuple[float, bool] | None:
    """Return Moodle's weight for a written fraction and whether the match is exact.

    A fraction rounded by hand (0.333, 0.6667, 0.143) gives the weight it stands for with False. None means
    that Moodle knows no such weight.
    """
    nearest = nearest_weight(fraction)
    distance = abs(nearest - fraction)
    if distance < EXACT:
        return nearest, True
    return (nearest, False) if distance < ROUNDED else None


def nearest_weight(fraction: float) -> float:
    """Return the nearest of Moodle's weights."""
    place = bisect_left(KNOWN, fraction)
    return min(KNOWN[max(place - 1, 0) : place + 1], key=lambda weight: abs(weight - fraction))


def percent(fraction: float) -> str:
    """Return a fraction as the percent figure written in files: `50`, `33.33333`, `-100`."""
    return f"{fraction * 100:.5f}".rstrip("0").rstrip(".")
