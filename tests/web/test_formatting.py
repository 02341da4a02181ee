"""Moments, lengths and shares are said as people say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web import formatting

NOW = datetime(2026, 6, 3, 9, 0, tzinfo=UTC)  # a Wednesday, 11:00 in Berlin
BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 6, 3)


@pytest.mark.parametrize(
    ("away", "said"),
    [
        (timedelta(), "just now"),
        (timedelta(minutes=1), "in 1 min"),
        (timedelta(minutes=-20), "20 min ago"),
        (timedelta(hours=2), "today 13:00"),
        (timedelta(hours=20), "tomorrow 07:00"),
        (timedelta(hours=-20), "yesterday 15:00"),
        (timedelta(days=2), "Friday 11:00"),
        (timedelta(days=6), "Tuesday 11:00"),
        (timedelta(days=7), "Wed 10 Jun 11:00"),
        (timedelta(days=-2), "Mon 1 Jun 11:00"),
        (timedelta(days=-400), "Tue 29 Apr 2025 11:00"),
    ],
)
def test_moments_are_relative_near_and_absolute_far(app, away, said):
    with app.test_request_context():
        assert formatting.when(NOW + away, now=NOW, zone=BERLIN) == said


def test_the_day_is_the_readers_not_utcs(app):
    late = datetime(2026, 6, 3, 23, 30, tzinfo=UTC)
    with app.test_request_context():
        assert formatting.when(late, now=NOW, zone=BERLIN) == "tomorrow 01:30"
        assert formatting.when(late, now=NOW, zone=ZoneInfo("America/New_York")) == "today 19:30"


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (0, "0 min"),
        (59.6, "1 h"),
        (60, "1 h"),
        (75, "1 h 15 min"),
        (timedelta(hours=2), "2 h"),
        (-5, "−5 min"),
    ],
)
def test_lengths_are_hours_and_minutes(app, length, said):
    with app.test_request_context():
        assert formatting.minutes(length) == said


def test_numbers_follow_the_locale():
    assert formatting.percent(0.805, locale="en", digits=1) == "80.5%"
    assert formatting.number(1234.56, locale="de") == "1.234,6"
    assert formatting.day(TODAY, today=TODAY, locale="de") == "Mi. 3 Juni"


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Amina Ito", "AI"), ("Bo", "B"), ("田中 陽葵", "田"), ("José Ángel y Montoro", "JM"), ("فاطمة الزهراء", "فا"), ("", "?")],
)  # fmt: skip
def test_initials_stand_for_a_name_in_any_script(name, letters):
    assert formatting.initials(name) == letters


@given(st.text(max_size=60))
def test_any_name_has_initials_and_a_tint(name):
    assert 1 <= len(formatting.initials(name)) <= 6
    assert formatting.tint(name) in range(4)


def test_letters_carry_the_year_and_the_zone():
    at = datetime(2026, 12, 16, 23, 30, tzinfo=UTC)
    assert formatting.date_in(at, zone="UTC") == "16 Dec 2026"
    assert formatting.date_in(at, zone="Europe/Berlin", locale="de") == "17 Dez. 2026"
    assert formatting.moment_in(at, zone="America/New_York") == "Wed 16 Dec 2026 18:30 (America/New_York)"


@pytest.mark.parametrize(
    ("at", "tag"),
    [
        (NOW - timedelta(minutes=5), ("2026-06-03T08:55+00:00", "Wed 3 Jun, 10:55 CEST", "5 min ago")),
        (NOW + timedelta(days=1), ("2026-06-04T09:00+00:00", "Thu 4 Jun, 11:00 CEST", "tomorrow 11:00")),
        (
            NOW - timedelta(days=200),
            ("2025-11-15T09:00+00:00", "Sat 15 Nov 2025, 10:00 CET", "Sat 15 Nov 2025 10:00"),
        ),
    ],
)
def test_a_time_says_the_whole_moment_in_its_title(app, at_now, monkeypatch, at, tag):
    monkeypatch.setattr(formatting, "reader_zone", lambda: BERLIN)
    with app.test_request_context():
        assert formatting.time_tag(at) == '<time datetime="{}" title="{}">{}</time>'.format(*tag)
        assert formatting.time_tag(TODAY) == '<time datetime="2026-06-03">today</time>'
