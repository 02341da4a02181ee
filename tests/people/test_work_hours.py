import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.people.work_hours import BadHours, format_hours, parse_hours

NINE_TO_FIVE = tuple((day, 540, 1020) for day in range(5))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mon-Fri 09:00-17:00", NINE_TO_FIVE),
        ("monday to friday 9 – 17", NINE_TO_FIVE),
        ("Mon,Tue,Wed,Thu,Fri 9.00-17.00", NINE_TO_FIVE),
        ("Mon 09:00-12:00 13:00-17:00", ((0, 540, 720), (0, 780, 1020))),
        ("Mon 9-12; Tue 13-24", ((0, 540, 720), (1, 780, 1440))),
        ("Sat-Sun 10-12", ((5, 600, 720), (6, 600, 720))),
        ("Sun-Mon 10-12", ((0, 600, 720), (6, 600, 720))),
        ("", ()),
        ("-", ()),
    ],
)
def test_hours_are_read_as_people_write_them(text, expected):
    assert parse_hours(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("9-17", "names no day"),
        ("Mon-Fri", "have no hours"),
        ("Mon 22:00-06:00", "Split a night at midnight"),
        ("Mon 9-25", "not a time of day"),
        ("Mon 09:75-10:00", "not a time of day"),
        ("Mon 9-12 11-13", "overlap"),
        ("T 9-12", "neither days nor hours"),
        ("Moonday 9-12", "not a day"),
    ],
)
def test_other_texts_are_refused_with_a_mend(text, words):
    with pytest.raises(BadHours, match=words):
        parse_hours(text)


@given(
    st.dictionaries(st.integers(0, 6), st.lists(st.integers(0, 1440), min_size=2, max_size=6, unique=True))
)
def test_what_is_written_is_read_back(days):
    hours = tuple(
        (day, ends[i], ends[i + 1])
        for day, cuts in sorted(days.items())
        for ends in [sorted(cuts)]
        for i in range(0, len(ends) - 1, 2)
    )
    assert parse_hours(format_hours(hours)) == hours
