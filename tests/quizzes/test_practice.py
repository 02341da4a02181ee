"""What is practised when: the memory model, budgets, quiet hours, holidays."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.quizzes.practice import (
    Grade,
    PracticeCard,
    PracticeRules,
    choose_cards,
    grade,
    is_fading,
    next_open_moment,
    plan_practice,
    retrievability,
    review,
)

BERLIN = ZoneInfo("Europe/Berlin")
RULES = PracticeRules(BERLIN, weekly_minutes=20)
# A Monday, 10:00 in Berlin (winter time).
MONDAY = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)


def card(name: str, due_in_days: float = 0, seen_days_ago: float = 5, stability: float = 5.0) -> PracticeCard:
    return PracticeCard(
        name,
        MONDAY + timedelta(days=due_in_days),
        stability=stability,
        difficulty=5.0,
        last_review_at=MONDAY - timedelta(days=seen_days_ago),
    )


def local(moment: datetime | None) -> str:
    assert moment is not None
    return f"{moment.astimezone(BERLIN):%a %d %b %H:%M}"


@pytest.mark.parametrize(
    ("fraction", "hesitant", "expected"),
    [(1.0, False, Grade.GOOD), (1.0, True, Grade.HARD), (0.5, False, Grade.HARD), (0.49, False, Grade.AGAIN)],
)
def test_a_mark_becomes_a_grade(fraction: float, hesitant: bool, expected: Grade) -> None:
    assert grade(fraction, hesitant) is expected


def test_a_right_answer_puts_the_card_off_and_a_wrong_one_brings_it_back() -> None:
    new = PracticeCard("q", MONDAY)
    first = review(new, Grade.GOOD, MONDAY)
    assert first.stability == pytest.approx(2.3065)
    assert first.due_at == MONDAY + timedelta(days=2)
    second = review(first, Grade.GOOD, first.due_at)
    assert second.due_at - first.due_at > timedelta(days=4)
    lapsed = review(second, Grade.AGAIN, second.due_at)
    assert lapsed.due_at - second.due_at < second.due_at - first.due_at
    assert lapsed.stability is not None
    assert second.stability is not None
    assert lapsed.stability < second.stability


def test_the_same_answers_give_the_same_schedule() -> None:
    once = review(
        review(PracticeCard("q", MONDAY), Grade.HARD, MONDAY), Grade.GOOD, MONDAY + timedelta(days=9)
    )
    again = review(
        review(PracticeCard("q", MONDAY), Grade.HARD, MONDAY), Grade.GOOD, MONDAY + timedelta(days=9)
    )
    assert once == again


def test_the_chance_of_recall_is_nine_in_ten_after_one_stability() -> None:
    seen = card("q", seen_days_ago=0, stability=10)
    assert retrievability(seen, MONDAY) == 1
    assert retrievability(seen, MONDAY + timedelta(days=10)) == pytest.approx(0.9)
    assert retrievability(PracticeCard("new", MONDAY), MONDAY) == 0


def test_a_competency_fades_when_its_cards_do() -> None:
    fresh, old = card("a", seen_days_ago=1, stability=30), card("b", seen_days_ago=200, stability=30)
    assert not is_fading([fresh], MONDAY)
    assert is_fading([fresh, old], MONDAY)
    assert not is_fading([PracticeCard("new", MONDAY)], MONDAY)


@pytest.mark.parametrize("at", [datetime(2026, 1, 12, 9, 0, tzinfo=timezone(timedelta(hours=1)))])
def test_reviews_are_in_utc_and_in_order(at: datetime) -> None:
    with pytest.raises(ValueError, match="UTC"):
        review(PracticeCard("q", MONDAY), Grade.GOOD, at)
    with pytest.raises(ValueError, match="before"):
        review(card("q", seen_days_ago=0), Grade.GOOD, MONDAY - timedelta(days=1))


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 1, 12, 10, 30, tzinfo=BERLIN), "Mon 12 Jan 10:30"),
        (datetime(2026, 1, 12, 6, 0, tzinfo=BERLIN), "Mon 12 Jan 08:00"),
        (datetime(2026, 1, 12, 19, 0, tzinfo=BERLIN), "Tue 13 Jan 09:00"),
        (datetime(2026, 1, 16, 18, 0, tzinfo=BERLIN), "Mon 19 Jan 09:00"),
        (datetime(2026, 1, 17, 11, 0, tzinfo=BERLIN), "Mon 19 Jan 09:00"),
        # Clocks go forward on Sunday 29 March 2026: the prompt keeps its local time.
        (datetime(2026, 3, 27, 20, 0, tzinfo=BERLIN), "Mon 30 Mar 09:00"),
    ],
)
def test_nobody_is_asked_in_quiet_hours_or_on_quiet_days(at: datetime, expected: str) -> None:
    assert local(next_open_moment(at, RULES)) == expected


def test_quiet_hours_over_the_prompt_time_put_it_off_to_their_end() -> None:
    rules = PracticeRules(BERLIN, 20, quiet_from=time(17), quiet_to=time(10, 30))
    assert local(next_open_moment(datetime(2026, 1, 12, 20, tzinfo=BERLIN), rules)) == "Tue 13 Jan 10:30"


def test_no_open_day_is_said_not_searched_for_ever() -> None:
    never = PracticeRules(BERLIN, 20, quiet_days=frozenset(range(1, 8)))
    assert next_open_moment(MONDAY, never) is None
    assert plan_practice([card("q")], MONDAY, never).unplaced == ("q",)


def placed(plan: object) -> dict[str, tuple[str, ...]]:
    return {local(session.starts_at): session.cards for session in plan.sessions}  # type: ignore[attr-defined]


def test_the_longest_due_goes_first_and_the_rest_wait_for_the_next_day() -> None:
    rules = PracticeRules(BERLIN, weekly_minutes=20, daily_minutes=1)
    cards = [card("today"), card("long ago", due_in_days=-40), card("last week", due_in_days=-6)]
    assert placed(plan_practice(cards, MONDAY, rules)) == {
        "Mon 12 Jan 10:00": ("long ago", "last week"),
        "Tue 13 Jan 09:00": ("today",),
    }


def test_the_weekly_budget_holds_across_days_and_counts_what_was_practised() -> None:
    rules = PracticeRules(BERLIN, weekly_minutes=3, daily_minutes=1)
    cards = [card(f"q{n}") for n in range(8)]
    plan = plan_practice(cards, MONDAY, rules, practised={date(2026, 1, 12): 1.5})
    # Half of Monday's week is gone: 1.5 minutes are left, and Monday's own minute is used up.
    assert placed(plan) == {
        "Tue 13 Jan 09:00": ("q0", "q1"),
        "Wed 14 Jan 09:00": ("q2",),
        "Mon 19 Jan 09:00": ("q3", "q4"),
        "Tue 20 Jan 09:00": ("q5", "q6"),
        "Wed 21 Jan 09:00": ("q7",),
    }


def test_what_finds_no_room_is_named() -> None:
    plan = plan_practice([card("q1"), card("q2")], MONDAY, PracticeRules(BERLIN, weekly_minutes=0))
    assert (plan.sessions, plan.unplaced) == ((), ("q1", "q2"))


def test_a_card_due_on_a_weekend_waits_and_one_due_in_a_holiday_is_asked_before() -> None:
    leave = frozenset(date(2026, 1, day) for day in range(19, 24))
    rules = PracticeRules(BERLIN, 20, holidays=leave)
    weekend = plan_practice([card("q", due_in_days=5)], MONDAY, RULES)
    assert placed(weekend) == {"Mon 19 Jan 09:00": ("q",)}
    holiday = plan_practice([card("q", due_in_days=8)], MONDAY, rules)
    assert placed(holiday) == {"Fri 16 Jan 09:00": ("q",)}


def test_a_holiday_that_has_begun_puts_cards_off_to_its_end() -> None:
    rules = PracticeRules(BERLIN, 20, holidays=frozenset(date(2026, 1, day) for day in range(12, 17)))
    assert placed(plan_practice([card("q", due_in_days=1)], MONDAY, rules)) == {"Mon 19 Jan 09:00": ("q",)}


def test_a_card_due_later_than_the_plan_is_left_alone() -> None:
    plan = plan_practice([card("q", due_in_days=30)], MONDAY, RULES, days=14)
    assert (plan.sessions, plan.unplaced) == ((), ())


def test_a_long_card_is_passed_over_for_a_shorter_one() -> None:
    assert choose_cards([(0.1, "long", 5.0), (0.5, "short", 1.0)], 2.0) == ("short",)
    assert choose_cards([(0.1, "a", 0.1), (0.2, "b", 0.2)], 0.3) == ("a", "b")


@given(
    st.lists(
        st.tuples(st.integers(-10, 20), st.integers(0, 60), st.sampled_from([0.5, 1.0, 3.0])), max_size=25
    ),
    st.integers(0, 12),
    st.integers(1, 6),
    st.sets(st.integers(0, 20)),
    st.randoms(use_true_random=False),
)
def test_every_plan_keeps_the_rules_and_asks_each_card_once(rows, weekly, daily, off, random) -> None:  # type: ignore[no-untyped-def]
    holidays = frozenset((MONDAY + timedelta(days=n)).date() for n in off)
    rules = PracticeRules(BERLIN, weekly, daily, holidays=holidays)
    cards = [
        PracticeCard(f"q{n}", MONDAY + timedelta(days=due), 5.0, 5.0, MONDAY - timedelta(days=ago), minutes)
        for n, (due, ago, minutes) in enumerate(rows)
    ]
    plan = plan_practice(cards, MONDAY, rules)
    minutes = {c.id: c.minutes for c in cards}
    weeks: dict[tuple[int, int], float] = {}
    for session in plan.sessions:
        moment = session.starts_at.astimezone(BERLIN)
        assert moment.isoweekday() < 6
        assert moment.date() not in holidays
        assert 8 <= moment.hour < 18
        assert session.minutes == sum(minutes[name] for name in session.cards) <= daily
        week = moment.isocalendar()[:2]
        weeks[week] = weeks.get(week, 0) + session.minutes
    assert all(used <= weekly for used in weeks.values())
    asked = [name for session in plan.sessions for name in session.cards] + list(plan.unplaced)
    assert len(asked) == len(set(asked))
    shuffled = cards + cards[:3]
    random.shuffle(shuffled)
    assert plan_practice(shuffled, MONDAY, rules) == plan
