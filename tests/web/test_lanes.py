"""Events that overlap stand side by side; the others take the whole width."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.lanes import MOST_LANES, lanes, week_places

SPANS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 8)).map(lambda s: (s[0], s[0] + s[1])), max_size=12
)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], []),
        ([(0, 2), (2, 4)], [(1, 1), (1, 1)]),
        ([(0, 2), (1, 4), (8, 9)], [(1, 2), (2, 2), (1, 1)]),
        ([(1, 4), (0, 2)], [(2, 2), (1, 2)]),
        ([(0, 2), (1, 4), (2, 5)], [(1, 2), (2, 2), (1, 2)]),
    ],
)
def test_lanes_are_shared_only_by_what_overlaps(spans, expected):
    assert lanes(spans) == expected


@given(SPANS)
def test_no_two_overlapping_events_share_a_lane_while_there_are_lanes(spans):
    places = lanes(spans)
    for i, (start, end) in enumerate(spans):
        assert 1 <= places[i][0] <= places[i][1] <= MOST_LANES
        for j in range(i):
            overlap = spans[j][0] < end and start < spans[j][1]
            if overlap and places[i][1] < MOST_LANES:
                assert places[i][0] != places[j][0]


@pytest.mark.parametrize(
    ("start", "minutes", "classes"),
    [
        (600, 60, "at-4 for-2 lane-1-1"),
        (610, 25, "at-4 for-2 lane-1-1"),
        (300, 60, "at-0 for-1 lane-1-1"),
        (0, 1440, "at-0 for-20 lane-1-1"),
        (1400, 30, "at-19 for-1 lane-1-1"),
    ],
)
def test_events_fall_on_half_hours_within_the_hours_shown(start, minutes, classes):
    assert week_places([{"start": start, "minutes": minutes}], 8, 18)[0][1] == classes
