"""The roll-up: which evidence makes which level, when it lapses, and why."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.competency.facts import Evidence, Missing, RollUp
from app.competency.framework import Competency
from app.competency.kinds import SIGN_OFFS, EvidenceKind, ceiling_of
from app.competency.lacking import KEPT, lacking_for
from app.competency.rollup import add_months, roll_up

K = EvidenceKind
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
WORDS = {1: "a", 2: "b", 3: "c", 4: "d"}
PLAIN = Competency("lead", "Spot a lead", "sales", "…", WORDS)
OBSERVING = replace(PLAIN, level_1_needs=(K.QUIZ, K.OBSERVE))
SHORT_LEVEL_3 = replace(PLAIN, validity_months={3: 6})


def on(day: int) -> datetime:
    return START + timedelta(days=day)


def fact(number: int, kind: EvidenceKind, day: int, **more: object) -> Evidence:
    """A row that counts unless a field says otherwise."""
    score = {K.QUIZ: 90.0, K.ROLE_PLAY: 3.2, K.HOSTING: 4.5, K.FACILITATING: 4.5, K.ASSESSING: 4.5}.get(kind)
    level = 2 if kind is K.PRIOR_LEARNING else None
    base = Evidence(
        id=number,
        kind=kind,
        observed_at=on(day),
        day=on(day).date(),
        score=score,
        level=level,
        assessor_id=7,
        assessor_level=3,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def level(rows: list[Evidence], day: int, competency: Competency = PLAIN) -> int:
    return rolled(rows, day, competency).level


def rolled(rows: list[Evidence], day: int, competency: Competency = PLAIN) -> RollUp:
    return roll_up(rows, competency.requirements(), on(day))


QUIZ = fact(1, K.QUIZ, 0)
PLAY = fact(2, K.ROLE_PLAY, 1)
DONE = [fact(3, K.ASSIST, 2), fact(4, K.REVERSE_SHADOW, 3), fact(5, K.SUPERVISED, 3)]
COACH = [fact(6, K.HOSTING, 10), fact(7, K.FACILITATING, 11), fact(8, K.ASSESSING, 12)]
FULL = [QUIZ, PLAY, *DONE, *COACH]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], 0),
        ([QUIZ], 1),
        ([replace(QUIZ, score=80.0)], 1),
        ([replace(QUIZ, score=79.9)], 0),
        ([replace(QUIZ, score=None)], 0),
        ([PLAY], 0),
        ([QUIZ, PLAY], 2),
        ([QUIZ, replace(PLAY, score=2.99)], 1),
        ([QUIZ, replace(PLAY, passed=False)], 1),
        ([QUIZ, replace(PLAY, assessor_in_good_standing=False)], 1),
        ([QUIZ, replace(PLAY, by_self=True)], 1),
        ([QUIZ, PLAY, *DONE[:2]], 2),
        ([QUIZ, PLAY, *DONE], 3),
        ([QUIZ, *DONE], 1),
        ([PLAY, *DONE], 0),
        ([QUIZ, PLAY, *[replace(row, day=on(3).date()) for row in DONE]], 2),
        ([QUIZ, PLAY, *DONE[:2], replace(DONE[2], assessor_level=2)], 2),
        ([QUIZ, PLAY, *DONE[:2], replace(DONE[2], assessor_level=None)], 2),
        ([QUIZ, PLAY, *DONE[:2], replace(DONE[2], by_self=True)], 2),
        (FULL, 4),
        ([QUIZ, PLAY, *COACH], 2),
        ([QUIZ, PLAY, *DONE, *COACH[:2], replace(COACH[2], score=3.9)], 3),
        ([QUIZ, PLAY, *DONE[:2], fact(9, K.OUTCOME, 4)], 2),
        ([fact(9, K.OUTCOME, 4)], 0),
        ([fact(9, K.PRIOR_LEARNING, 4, level=3)], 3),
        ([fact(9, K.EXTERNAL_CERTIFICATE, 4, level=2)], 2),
        ([fact(9, K.PRIOR_LEARNING, 4, level=4)], 0),
        ([fact(9, K.PRIOR_LEARNING, 4, level=3, by_self=True)], 0),
        ([fact(9, K.PRIOR_LEARNING, 4, level=3, assessor_id=None)], 0),
        ([QUIZ, replace(PLAY, superseded=True)], 1),
        ([QUIZ, replace(PLAY, revoked=True)], 1),
        ([fact(n, kind, 1) for n, kind in enumerate(K) if ceiling_of(kind) == 0], 0),
    ],
)
def test_level_follows_the_evidence(rows: list[Evidence], expected: int) -> None:
    assert level(rows, 30) == expected


def test_level_1_asks_for_the_debrief_too_where_the_framework_says_so() -> None:
    assert level([QUIZ], 5, OBSERVING) == 0
    assert level([QUIZ, fact(2, K.OBSERVE, 1)], 5, OBSERVING) == 1
    assert level([fact(2, K.OBSERVE, 1)], 5, PLAIN) == 0


def test_evidence_counts_from_its_own_instant_and_not_before() -> None:
    result = rolled([fact(1, K.QUIZ, 3)], 2)
    assert result.level == 0
    assert [each.why for each in result.set_aside] == ["not_yet"]


def test_level_lapses_twelve_months_after_it_was_shown() -> None:
    end = (add_months(on(0), 12) - START).days
    assert level([QUIZ], end - 1) == 1
    result = rolled([QUIZ], end)
    assert (result.level, result.lapsed_from, result.requirements[0].lapsed_at) == (0, 1, on(end))
    assert [each.why for each in result.set_aside] == ["expired"]


@pytest.mark.parametrize(("days_before", "lapsing"), [(31, False), (30, True), (1, True)])
def test_level_is_lapsing_in_its_last_thirty_days(days_before: int, lapsing: bool) -> None:
    end = (add_months(on(0), 12) - START).days
    assert rolled([QUIZ], end - days_before).lapsing is lapsing


def test_validity_can_be_set_for_each_level() -> None:
    result = rolled([QUIZ, PLAY, *DONE], 10, SHORT_LEVEL_3)
    assert result.until == (add_months(on(3), 12), add_months(on(3), 12), add_months(on(2), 6), None)


def test_named_expiry_beats_the_default() -> None:
    row = fact(1, K.PRIOR_LEARNING, 0, level=3, valid_until=on(20))
    assert rolled([row], 5).lapses_at == on(20)


def test_doing_the_work_keeps_knowing_alive() -> None:
    later = fact(20, K.SUPERVISED, 300)
    result = rolled([QUIZ, PLAY, *DONE, later], 400)
    assert result.level == 3
    assert result.requirements[0].renewed
    assert result.requirements[0].rests_on == (20,)


def test_higher_evidence_does_not_replace_meeting_a_level_the_first_time() -> None:
    result = rolled([fact(2, K.ROLE_PLAY, 1), fact(3, K.ROLE_PLAY, 40)], 50)
    assert result.level == 0
    assert [(each.level, each.kinds) for each in result.missing_for(1)] == [(1, (K.QUIZ,))]


def test_one_sign_off_brings_a_lapsed_level_back() -> None:
    rows = [QUIZ, PLAY, *DONE]
    assert level(rows, 500) == 0
    asked = rolled([*rows, fact(30, K.QUIZ, 480), fact(31, K.ROLE_PLAY, 481)], 500).missing
    assert asked == (
        Missing(
            level=3, kinds=SIGN_OFFS, have=0, count=1, days_have=0, days=1, min_score=None, renewing=True
        ),
    )
    assert level([*rows, fact(32, K.SUPERVISED, 490)], 500) == 3


def test_outcome_renews_what_was_attained() -> None:
    rows = [QUIZ, PLAY, *DONE]
    assert level([*rows, fact(40, K.OUTCOME, 200)], 450) == 3
    assert level([*rows, *COACH, fact(40, K.OUTCOME, 200)], 450) == 3


def test_check_in_holds_below_with_its_reason_and_a_later_one_releases() -> None:
    hold = fact(50, K.CHECK_IN, 20, level=1)
    held = rolled([QUIZ, PLAY, hold], 25)
    assert (held.level, held.supported_level, held.held_below_by, held.missing) == (1, 2, 50, ())
    assert held.until == (add_months(on(1), 12), None, None, None)
    assert level([QUIZ, PLAY, hold, fact(51, K.CHECK_IN, 22)], 25) == 2


def test_check_in_never_lifts() -> None:
    assert level([QUIZ, fact(50, K.CHECK_IN, 20, level=3)], 25) == 1
    assert level([QUIZ, PLAY, fact(50, K.CHECK_IN, 20, level=0, by_self=True)], 25) == 2


def test_missing_names_the_best_attempt_so_far() -> None:
    asked = rolled([replace(QUIZ, score=72.0), fact(2, K.QUIZ, 1, score=60.0)], 5).missing
    assert [(each.min_score, each.best_score, each.have, each.count) for each in asked] == [
        (80.0, 72.0, 0, 1)
    ]


def test_missing_counts_sign_offs_and_their_days() -> None:
    asked = rolled([QUIZ, PLAY, *[replace(row, day=on(3).date()) for row in DONE]], 5).missing
    assert [(each.have, each.count, each.days_have, each.days) for each in asked] == [(3, 3, 1, 2)]


def test_set_aside_rows_say_why() -> None:
    rows = [
        fact(1, K.LESSON, 0),
        fact(2, K.QUIZ, 0, score=10.0),
        fact(3, K.ROLE_PLAY, 0, revoked=True),
        fact(4, K.ASSIST, 0, assessor_level=1),
        fact(5, K.OUTCOME, 0),
        fact(6, K.QUIZ, 0, superseded=True),
    ]
    assert {each.evidence_id: each.why for each in rolled(rows, 5).set_aside} == {
        1: "never_raises",
        2: "below_mark",
        3: "revoked",
        4: "assessor_level",
        5: "nothing_to_renew",
        6: "superseded",
    }


def test_months_are_counted_to_the_last_day_of_a_shorter_month() -> None:
    assert add_months(datetime(2027, 8, 31, tzinfo=UTC), 6) == datetime(2028, 2, 29, tzinfo=UTC)
    assert add_months(datetime(2026, 12, 1, tzinfo=UTC), 1) == datetime(2027, 1, 1, tzinfo=UTC)


def test_impossible_input_is_refused() -> None:
    with pytest.raises(ValueError, match="levels 1 to 4"):
        roll_up([], PLAIN.requirements()[:3], START)
    with pytest.raises(ValueError, match="zone"):
        roll_up([], PLAIN.requirements(), datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="one id"):
        rolled([QUIZ, replace(QUIZ, score=1.0)], 5)


facts = st.builds(
    lambda number, kind, day, score, said, passed, own, gone, signer: fact(
        number,
        kind,
        day,
        score=score * (20.0 if kind is K.QUIZ else 1.0),
        level=said,
        passed=passed,
        by_self=own,
        superseded=gone,
        assessor_level=signer,
    ),
    st.integers(1, 10_000),
    st.sampled_from(list(K)),
    st.integers(0, 700),
    st.sampled_from([2.0, 3.0, 4.0, 4.5]),
    st.sampled_from([None, 0, 1, 2, 3, 4]),
    st.booleans(),
    st.sampled_from([False, False, False, True]),
    st.sampled_from([False, False, False, True]),
    st.sampled_from([2, 3, 3, 4]),
)
ledgers = st.lists(facts, max_size=14, unique_by=lambda row: row.id).map(lambda rows: [*FULL[:5], *rows])
unique_ledgers = ledgers.filter(lambda rows: len({row.id for row in rows}) == len(rows))


@given(unique_ledgers, st.integers(0, 900), st.randoms(use_true_random=False))
def test_order_and_repeats_change_nothing(rows: list[Evidence], day: int, random: object) -> None:
    again = [*rows, *rows]
    random.shuffle(again)  # type: ignore[attr-defined]
    assert rolled(again, day) == rolled(rows, day)


@given(unique_ledgers, st.integers(0, 900))
def test_a_level_stands_on_rows_that_count_and_runs_out_when_it_says(rows: list[Evidence], day: int) -> None:
    result = rolled(rows, day)
    by_id = {row.id: row for row in rows}
    aside = {each.evidence_id for each in result.set_aside}
    for state in result.requirements[: result.level]:
        assert state.met
        assert state.rests_on
        for number in state.rests_on:
            assert number not in aside
            assert ceiling_of(by_id[number].kind) >= state.level
    assert result.level <= result.supported_level <= result.highest_held
    if result.level and result.supported_level == result.level:
        assert result.lapses_at is not None
        past = [row for row in rows if row.observed_at <= result.as_of and row.kind is not K.CHECK_IN]
        last = roll_up(past, PLAIN.requirements(), result.lapses_at - timedelta(seconds=1))
        gone = roll_up(past, PLAIN.requirements(), result.lapses_at)
        assert last.supported_level >= result.level > gone.supported_level


@given(unique_ledgers, st.integers(0, 900))
def test_evidence_that_never_raises_changes_no_level(rows: list[Evidence], day: int) -> None:
    kept = [row for row in rows if ceiling_of(row.kind) > 0 or row.kind is K.CHECK_IN]
    assert rolled(kept, day).level == rolled(rows, day).level


@given(unique_ledgers, st.integers(0, 900))
def test_no_check_in_lifts_a_level(rows: list[Evidence], day: int) -> None:
    without = [row for row in rows if row.kind is not K.CHECK_IN]
    assert rolled(rows, day).level <= rolled(without, day).level == rolled(without, day).supported_level


@given(unique_ledgers, st.integers(0, 900))
def test_doing_all_that_is_missing_raises_the_level(rows: list[Evidence], day: int) -> None:
    result = rolled(rows, day)
    if result.supported_level > result.level or result.level == 4:
        return
    number = 20_000
    added = []
    for gap in result.missing:
        for each in range(max(gap.count - gap.have, gap.days - gap.days_have)):
            number += 1
            row = fact(number, gap.kinds[0], day, assessor_level=3)
            added.append(replace(row, day=on(2_000 + each).date()))
    lifted = rolled([*rows, *added], day)
    assert lifted.supported_level > result.level


@given(unique_ledgers, st.lists(st.integers(-1, 900), min_size=1, max_size=5), st.integers(1, 4))
def test_what_is_lacking_is_kept_as_it_would_be_worked_out(
    rows: list[Evidence], days: list[int], wanted: int
) -> None:
    lacking = lacking_for(wanted, PLAIN.requirements())
    turns = {
        turn for row in rows for turn in (row.observed_at, add_months(row.observed_at, 12), row.valid_until)
    }
    for at in [*map(on, days), *filter(None, turns)]:
        for close in (at - timedelta(microseconds=1), at):
            expected = roll_up(rows, PLAIN.requirements(), close).missing_for(wanted)
            assert lacking(tuple(rows), close) == expected


def test_what_is_lacking_is_kept_for_no_more_than_so_many_in_all() -> None:
    first = 10**9
    for months in range(1, 12):
        asked = replace(PLAIN, validity_months={1: months}).requirements()
        for person in range(2_000):
            lacking_for(1, asked)((fact(first + person, K.QUIZ, 0),), on(1))
    kept = sum(isinstance(each, Evidence) and each.id >= first for each in gc.get_objects())
    assert kept <= KEPT < 11 * 2_000
