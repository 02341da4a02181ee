"""What a regrade changes, and which attempt counts."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.quizzes.marking import AttemptMark, Item, Response, mark_attempt
from app.quizzes.question import Answer, Question, QuestionType, Text
from app.quizzes.regrade import Counts, GradedAttempt, compare_marks, counting_attempt

START = datetime(2026, 1, 12, 9, tzinfo=UTC)


def marked(*keys: int, tags: str = "abc", feedback: str = "") -> AttemptMark:
    """Mark an attempt that always takes the first answer; `keys` says which answer is right."""
    return mark_attempt(
        Item(
            Question(
                QuestionType.MULTICHOICE,
                f"q{n}",
                Text("Ask?"),
                tuple(Answer(Text(str(a)), float(a == key), Text(feedback)) for a in range(2)),
                tags=(tag,),
            ),
            Response((0,)),
        )
        for n, (key, tag) in enumerate(zip(keys, tags, strict=False))
    )


def test_a_corrected_key_names_the_question_and_the_competencies_that_cross_the_pass_mark() -> None:
    change = compare_marks(marked(0, 1, 0), marked(0, 0, 1), pass_percent=80)
    assert [(c.number, c.before.fraction, c.after.fraction) for c in change.questions] == [
        (1, 0, 1),
        (2, 1, 0),
    ]
    assert (change.gains, change.losses) == (("b",), ("c",))
    assert [key for key, _, _ in change.competencies] == ["b", "c"]
    # The total stays two of three, and the regrade still changes something.
    assert change.before == change.after
    assert change.changes_anything


def test_reworded_feedback_changes_no_marks() -> None:
    change = compare_marks(marked(0, 1), marked(0, 1, feedback="Look at the plan."), pass_percent=80)
    assert not change.changes_anything


def test_a_new_tag_brings_a_competency_in_and_takes_one_out() -> None:
    change = compare_marks(marked(0, 0, tags="ab"), marked(0, 0, tags="ac"), pass_percent=80)
    assert [(key, old is None, new is None) for key, old, new in change.competencies] == [
        ("b", False, True),
        ("c", True, False),
    ]
    assert (change.gains, change.losses) == (("c",), ("b",))


def test_a_regrade_of_other_questions_is_refused() -> None:
    with pytest.raises(ValueError, match="same questions"):
        compare_marks(marked(0, 1), marked(0), pass_percent=80)


def attempts(*percents: float | None) -> list[GradedAttempt]:
    return [GradedAttempt(f"a{n}", START + timedelta(hours=n), percent) for n, percent in enumerate(percents)]


@pytest.mark.parametrize(
    ("percents", "rule", "expected"),
    [
        ((60, 90, 70), Counts.HIGHEST, "a1"),
        ((60, 90, 90), Counts.HIGHEST, "a1"),
        ((60, 90, 70), Counts.FIRST, "a0"),
        ((60, 90, 70), Counts.LATEST, "a2"),
        ((None, 90, None), Counts.FIRST, "a1"),
        ((None, 0, None), Counts.LATEST, "a1"),
        ((None,), Counts.HIGHEST, None),
        ((), Counts.HIGHEST, None),
    ],
)
def test_which_attempt_counts(percents: tuple[float | None, ...], rule: Counts, expected: str | None) -> None:
    found = counting_attempt(attempts(*percents), rule)
    assert (found.id if found else None) == expected


@given(
    st.lists(st.none() | st.sampled_from([0.0, 50.0, 80.0, 100.0]), max_size=8),
    st.sampled_from(Counts),
    st.randoms(use_true_random=False),
)
def test_the_order_of_attempts_does_not_matter(percents, rule, random) -> None:  # type: ignore[no-untyped-def]
    given_attempts = attempts(*percents)
    expected = counting_attempt(given_attempts, rule)
    random.shuffle(given_attempts)
    assert counting_attempt(given_attempts, rule) == expected
