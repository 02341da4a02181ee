"""Decide what to practise and when: the memory model, the weekly budget, quiet hours and holidays.

The memory model is FSRS 6 (the `fsrs` package; Ye et al. 2022, *KDD*, "A stochastic shortest path
algorithm for optimizing spaced repetition scheduling"). It is used without its steps of minutes, because
people practise once a day at most here, and without its random spread of intervals, so that a decision can
be repeated and explained.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from fsrs import Card, Rating, Scheduler, State

TARGET_RETRIEVABILITY = 0.9
# Looking further ahead than this for a free day means that there is none.
HORIZON_DAYS = 28
# A closed spell of at least this many days (a holiday, not a weekend) is practised for before it begins.
LONG_SPELL_DAYS = 3


@dataclass(frozen=True, slots=True)
class PracticeCard:
    """State what the memory model knows of one person and one question; times are UTC.

    `stability` is in days: how long until the chance of recall falls to 90 %; `difficulty` runs from 1 to
    10. All are None before the first answer. `minutes` is what one answer takes.
    """

    id: str
    due_at: datetime
    stability: float | None = None
    difficulty: float | None = None
    last_review_at: datetime | None = None
    minutes: float = 0.5


class Grade(StrEnum):
    """Name how an answer went, in FSRS's words."""

    AGAIN = "again"
    HARD = "hard"
    GOOD = "good"
    EASY = "easy"


_RATINGS = {
    Grade.AGAIN: Rating.Again,
    Grade.HARD: Rating.Hard,
    Grade.GOOD: Rating.Good,
    Grade.EASY: Rating.Easy,
}


@dataclass(frozen=True, slots=True)
class PracticeRules:
    """State when a person may be asked, and how much.

    Quiet hours run from `quiet_from` to `quiet_to` in the person's own zone, over midnight where `quiet_from`
    is the later; equal times mean none. `quiet_days` are ISO weekdays (6 and 7 by default); `holidays` are
    public holidays and leave.
    """

    zone: ZoneInfo
    weekly_minutes: float
    daily_minutes: float = 10.0
    prompt_at: time = time(9, 0)
    quiet_from: time = time(18, 0)
    quiet_to: time = time(8, 0)
    quiet_days: frozenset[int] = frozenset({6, 7})
    holidays: frozenset[date] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class PracticeSession:
    """State one sitting: when to prompt (UTC) and the cards, the longest due first."""

    starts_at: datetime
    cards: tuple[str, ...]
    minutes: float


@dataclass(frozen=True, slots=True)
class PracticePlan:
    """State the sittings ahead, and the due cards for which there is no room."""

    sessions: tuple[PracticeSession, ...]
    unplaced: tuple[str, ...]


def grade(fraction: float, hesitant: bool = False) -> Grade:
    """Turn a mark into a grade: below half is *again*, partly right or hesitant is *hard*, else *good*."""
    if fraction < 0.5:
        return Grade.AGAIN
    return Grade.HARD if fraction < 1 or hesitant else Grade.GOOD


def review(
    card: PracticeCard, given: Grade, at: datetime, target: float = TARGET_RETRIEVABILITY
) -> PracticeCard:
    """Take an answer at a UTC moment into account and set when the card is due again.

    Raises ValueError for a moment that is not UTC or lies before the last answer.
    """
    if at.tzinfo is not UTC:
        raise ValueError("a review's time must be in UTC")
    if card.last_review_at is not None and at < card.last_review_at:
        raise ValueError("a review must not lie before the last one")
    updated, _ = _scheduler(target).review_card(_to_fsrs(card), _RATINGS[given], at)
    return replace(
        card,
        due_at=updated.due,
        stability=updated.stability,
        difficulty=updated.difficulty,
        last_review_at=updated.last_review,
    )


def retrievability(card: PracticeCard, at: datetime) -> float:
    """Give the model's chance of recall at a moment (0 to 1); 0 before the first answer."""
    return float(_scheduler(TARGET_RETRIEVABILITY).get_card_retrievability(_to_fsrs(card), at))


def is_fading(cards: Iterable[PracticeCard], at: datetime) -> bool:
    """Say whether the mean chance of recall over a competency's answered cards is below 0.9.

    Fading changes no level; it schedules practice.
    """
    chances = [retrievability(card, at) for card in cards if card.last_review_at is not None]
    return bool(chances) and sum(chances) / len(chances) < TARGET_RETRIEVABILITY


@cache
def _scheduler(target: float) -> Scheduler:
    return Scheduler(desired_retention=target, learning_steps=(), relearning_steps=(), enable_fuzzing=False)


def _to_fsrs(card: PracticeCard) -> Card:
    # Without an id the package makes one from the clock, and waits.
    return Card(
        card_id=0,
        state=State.Learning if card.stability is None else State.Review,
        step=0 if card.stability is None else None,
        stability=card.stability,
        difficulty=card.difficulty,
        due=card.due_at,
        last_review=card.last_review_at,
    )


def is_open_day(day: date, rules: PracticeRules) -> bool:
    """Say whether a person may be asked at all on a day of their own calendar."""
    return day.isoweekday() not in rules.quiet_days and day not in rules.holidays


def is_quiet(moment: time, rules: PracticeRules) -> bool:
    """Say whether a local time lies in the quiet hours."""
    start, end = rules.quiet_from, rules.quiet_to
    if start <= end:
        return start <= moment < end
    return moment >= start or moment < end


def next_open_moment(at: datetime, rules: PracticeRules) -> datetime | None:
    """Give the first UTC moment from `at` on at which a person may be asked; None within four weeks.

    Waits for the end of the quiet hours, or for the prompt time of the next open day.
    """
    local = at.astimezone(rules.zone)
    for ahead in range(HORIZON_DAYS):
        day = local.date() + timedelta(days=ahead)
        if not is_open_day(day, rules):
            continue
        earliest = local.time() if ahead == 0 else _prompt_time(rules)
        if not is_quiet(earliest, rules):
            return datetime.combine(day, earliest, rules.zone).astimezone(UTC)
        if earliest < rules.quiet_to and not is_quiet(rules.quiet_to, rules):
            return datetime.combine(day, rules.quiet_to, rules.zone).astimezone(UTC)
    return None


def plan_practice(
    cards: Iterable[PracticeCard],
    now: datetime,
    rules: PracticeRules,
    practised: Mapping[date, float] | None = None,
    days: int = 14,
) -> PracticePlan:
    """Place every card that falls due within `days` into one sitting a day.

    A day's sitting takes the daily minutes at most and what the week has left; weeks are ISO weeks of the
    person's own calendar and `practised` says how many minutes each day has used already. A card due on a
    weekend waits for the next open day; one due in a closed spell of three days or more is asked on the last
    open day before it, where that has room. Where there is too little room the card longest due goes first
    and the rest move to the next open day; what finds no room is named in `unplaced`.
    """
    if rules.weekly_minutes < 0 or rules.daily_minutes < 0:
        raise ValueError("a budget must not be negative")
    start = next_open_moment(now, rules)
    horizon = (now.astimezone(rules.zone) + timedelta(days=days)).date()
    known = {card.id: card for card in cards}
    waiting = {
        card.id: _wanted_on(card, now, rules)
        for card in known.values()
        if card.due_at.astimezone(rules.zone).date() <= horizon
    }
    sessions: list[PracticeSession] = []
    used = dict(practised or {})
    moment = start
    while waiting and moment is not None and (day := moment.astimezone(rules.zone).date()) <= horizon:
        room = min(rules.daily_minutes - used.get(day, 0.0), rules.weekly_minutes - week_minutes(day, used))
        session = _sitting(moment, day, room, known, waiting)
        if session.cards:
            sessions.append(session)
            used[day] = used.get(day, 0.0) + session.minutes
            for taken in session.cards:
                del waiting[taken]
        tomorrow = datetime.combine(day + timedelta(days=1), _prompt_time(rules), rules.zone)
        moment = next_open_moment(tomorrow, rules)
    return PracticePlan(tuple(sessions), tuple(sorted(waiting)))


def choose_cards(ranked: Iterable[tuple[float, str, float]], minutes: float) -> tuple[str, ...]:
    """Choose cards until the minutes are used: (rank, id, minutes), lowest rank first.

    The rank is when a card was due. With too little time for all, the longest due first kept more in the
    simulation than the most nearly forgotten first, and that more than the best remembered first
    (docs/assessment.md). A card that does not fit is passed over for a shorter one behind it.
    """
    chosen = []
    for _, name, needed in sorted(ranked):
        # Budgets are sums of tenths; a rounding error must not cost a card.
        if needed <= minutes + 1e-9:
            chosen.append(name)
            minutes -= needed
    return tuple(chosen)


def week_minutes(day: date, used: Mapping[date, float]) -> float:
    """Add up the minutes used in the ISO week of a day."""
    week = day.isocalendar()[:2]
    return sum(minutes for other, minutes in used.items() if other.isocalendar()[:2] == week)


def _sitting(
    starts_at: datetime,
    day: date,
    room: float,
    known: Mapping[str, PracticeCard],
    waiting: Mapping[str, date],
) -> PracticeSession:
    ranked = [
        (known[name].due_at.timestamp(), name, known[name].minutes)
        for name, wanted_on in waiting.items()
        if wanted_on <= day
    ]
    chosen = choose_cards(ranked, room)
    return PracticeSession(starts_at, chosen, sum(known[name].minutes for name in chosen))


def _wanted_on(card: PracticeCard, now: datetime, rules: PracticeRules) -> date:
    due_on = card.due_at.astimezone(rules.zone).date()
    today = now.astimezone(rules.zone).date()
    if due_on <= today or is_open_day(due_on, rules):
        return due_on
    before = due_on
    while not is_open_day(before, rules) and (due_on - before).days < HORIZON_DAYS:
        before -= timedelta(days=1)
    after = due_on
    while not is_open_day(after, rules) and (after - due_on).days < HORIZON_DAYS:
        after += timedelta(days=1)
    closed_days = (after - before).days - 1
    return before if closed_days >= LONG_SPELL_DAYS and before >= today else after


def _prompt_time(rules: PracticeRules) -> time:
    """Give the time of day to prompt at: the wished one, or the end of the quiet hours it falls into."""
    return rules.quiet_to if is_quiet(rules.prompt_at, rules) else rules.prompt_at
