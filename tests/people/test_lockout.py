from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.people.browsers import browser_name
from app.people.lockout import PAUSE, minutes_left, paused_until
from app.people.passwords import problem_with

START = datetime(2026, 6, 3, 9, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


@pytest.mark.parametrize(
    ("failed", "now", "until"),
    [
        ([], 0, None),
        ([0, 1, 2, 3], 4, None),
        ([0, 1, 2, 3, 4], 4, 19),
        ([4, 3, 2, 1, 0], 4, 19),
        ([0, 1, 2, 3, 4], 18.9, 19),
        ([0, 1, 2, 3, 4], 19, None),
        ([0, 5, 10, 15, 16], 17, None),
        ([0, 1, 2, 3, 15], 16, 30),
        ([0, 1, 2, 3, 4, 19.5], 20, None),
    ],
)
def test_five_failures_within_a_quarter_of_an_hour_pause_sign_in(failed, now, until):
    expected = None if until is None else at(until)
    assert paused_until([at(m) for m in failed], at(now), tries=5) == expected


@given(st.lists(st.floats(0, 60), max_size=12), st.floats(0, 90))
def test_a_pause_ends_within_its_length_of_the_last_failure(failed, now):
    moments = [at(m) for m in failed if m <= now]
    until = paused_until(moments, at(now), tries=5)
    if until is not None:
        assert at(now) < until <= max(moments) + PAUSE


def test_waiting_time_is_rounded_up():
    assert minutes_left(at(10), at(0)) == 10
    assert minutes_left(at(10), at(9.99)) == 1
    assert minutes_left(at(2), at(0.5)) == 2


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("short", "short"),
        ("x" * 201, "long"),
        ("Lena@Example.com", "email"),
        ("password123", "common"),
        ("zzzzzzzzzzzz", "common"),
        ("correct horse", None),
        ("пароль-из-слов", None),
        ("lower case only words", None),
    ],
)
def test_password_rules_ask_for_length_and_nothing_silly(password, problem):
    assert problem_with(password, "lena@example.com") == problem


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", ("Firefox", "Linux")),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17 Safari/604",
            ("Safari", "iPhone"),
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0", ("Edge", "Windows")),
        ("curl/8.1", (None, None)),
        ("", (None, None)),
    ],
)
def test_browsers_are_named_as_people_know_them(header, name):
    assert browser_name(header) == name
