"""Put events that overlap side by side: which of how many lanes each one takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

MOST_LANES = 4


def lanes(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return (lane, lanes) for each (start, end) span, in the order given; lanes count from 1.

    Spans that touch each other through overlaps share one number of lanes; each takes the first lane
    that is free. Beyond MOST_LANES at once, the rest share the last lane.
    """
    placed: dict[int, int] = {}
    shares: dict[int, int] = {}
    group: list[int] = []
    busy_until: list[int] = []
    for index in sorted(range(len(spans)), key=lambda i: spans[i]):
        start, end = spans[index]
        if group and start >= max(busy_until):
            _close(group, busy_until, shares)
            group, busy_until = [], []
        free = next((lane for lane, until in enumerate(busy_until) if until <= start), len(busy_until))
        if free == len(busy_until) and free < MOST_LANES:
            busy_until.append(end)
        else:
            free = min(free, MOST_LANES - 1)
            busy_until[free] = max(busy_until[free], end)
        placed[index] = free + 1
        group.append(index)
    _close(group, busy_until, shares)
    return [(placed[i], shares[i]) for i in range(len(spans))]


def _close(group: list[int], busy_until: list[int], shares: dict[int, int]) -> None:
    shares.update(dict.fromkeys(group, len(busy_until)))


def week_places(events: Sequence[Any], first_hour: int, last_hour: int) -> list[tuple[Any, str]]:
    """Return each event (a mapping with `start` and `minutes`) with the classes of its place in the grid.

    Rows are half-hours from `first_hour`; what lies outside the hours shown is drawn at their edge.
    """
    rows = (last_hour - first_hour) * 2
    spans = []
    for event in events:
        at = min(max((event["start"] - first_hour * 60) // 30, 0), rows - 1)
        end = min(max(-((first_hour * 60 - event["start"] - event["minutes"]) // 30), at + 1), rows)
        spans.append((at, end))
    return [
        (event, f"at-{at} for-{end - at} lane-{lane}-{share}")
        for event, (at, end), (lane, share) in zip(events, spans, lanes(spans), strict=True)
    ]
