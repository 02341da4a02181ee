"""What one response earns, and what an attempt earns."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.quizzes.marking import (
    AttemptMark,
    ImpossibleResponse,
    Item,
    Outcome,
    QuestionMark,
    Response,
    mark_attempt,
    mark_question,
    overall_feedback,
)
from app.quizzes.question import Answer, Pair, Question, QuestionType, Text, true_false_answers


def question(kind: QuestionType, *answers: tuple[str, float], **rest: object) -> Question:
    made = tuple(Answer(Text(text), fraction, Text(f"about {text}")) for text, fraction in answers)
    return Question(type=kind, name="q", text=Text("Ask?"), answers=made, **rest)  # type: ignore[arg-type]


def numerical(value: str, tolerance: str = "0", fraction: float = 1.0) -> Question:
    answer = Answer(Text(value), fraction, tolerance=Decimal(tolerance))
    return Question(type=QuestionType.NUMERICAL, name="n", text=Text("How many?"), answers=(answer,))


def mark(asked: Question, **response: object) -> QuestionMark:
    return mark_question(Item(asked, Response(**response)))  # type: ignore[arg-type]


SINGLE = question(QuestionType.MULTICHOICE, ("right", 1), ("half", 0.5), ("wrong", 0), ("harmful", -0.5))
MULTI = question(
    QuestionType.MULTICHOICE, ("a", 0.5), ("b", 0.5), ("c", -0.5), ("d", -1), ("e", 0), single=False
)
TRUE = Question(QuestionType.TRUEFALSE, "t", Text("So?"), true_false_answers(True, Text("yes"), Text("no")))
CAPITALS = Question(
    QuestionType.MATCHING,
    "m",
    Text("Match"),
    pairs=(
        Pair(Text("France"), "Paris"),
        Pair(Text("Peru"), "Lima"),
        Pair(Text("Chad"), "N'Djamena"),
        Pair(Text(""), "Rome"),
    ),
)


@pytest.mark.parametrize(
    ("choices", "fraction", "outcome"),
    [
        ((0,), 1.0, Outcome.RIGHT),
        ((1,), 0.5, Outcome.PARTLY),
        ((2,), 0.0, Outcome.WRONG),
        ((3,), 0.0, Outcome.WRONG),
        ((), 0.0, Outcome.UNANSWERED),
    ],
)
def test_single_choice_earns_the_fraction_of_its_answer_and_never_less_than_nothing(
    choices: tuple[int, ...], fraction: float, outcome: Outcome
) -> None:
    result = mark(SINGLE, choices=choices)
    assert (result.fraction, result.outcome) == (fraction, outcome)


@pytest.mark.parametrize(
    ("choices", "fraction"),
    [
        ((0,), 0.5),
        ((0, 1), 1.0),
        ((1, 0), 1.0),
        ((0, 1, 2), 0.5),
        ((0, 3), 0.0),
        ((2, 3), 0.0),
        ((0, 1, 4), 1.0),
    ],
)
def test_several_choices_add_up_their_weights(choices: tuple[int, ...], fraction: float) -> None:
    assert mark(MULTI, choices=choices).fraction == fraction


def test_thirds_written_with_five_decimals_make_a_whole() -> None:
    thirds = question(
        QuestionType.MULTICHOICE, ("a", 0.3333333), ("b", 0.3333333), ("c", 0.3333333), single=False
    )
    result = mark(thirds, choices=(0, 1, 2))
    assert result.fraction == 1.0
    assert result.outcome is Outcome.RIGHT


def test_true_false_marks_the_side_taken_and_gives_its_feedback() -> None:
    assert mark(TRUE, choices=(0,)).fraction == 1.0
    wrong = mark(TRUE, choices=(1,))
    assert wrong.fraction == 0.0
    assert [text.text for text in wrong.feedback] == ["no"]


@pytest.mark.parametrize(
    ("asked", "response"),
    [
        (SINGLE, {"choices": (0, 1)}),
        (SINGLE, {"choices": (4,)}),
        (SINGLE, {"choices": (-1,)}),
        (TRUE, {"choices": (0, 1)}),
        (CAPITALS, {"matches": ("Paris", "Lima", "Rome", "Rome")}),
        (CAPITALS, {"matches": ("Oslo",)}),
    ],
)
def test_a_response_the_page_could_not_give_is_refused(asked: Question, response: dict[str, object]) -> None:
    with pytest.raises(ImpossibleResponse):
        mark(asked, **response)


@pytest.mark.parametrize(
    ("pattern", "typed", "case_sensitive", "hit"),
    [
        ("Paris", "paris", False, True),
        ("Paris", "paris", True, False),
        ("Paris", "  Paris ", True, True),
        ("New York", "New   York", True, True),
        ("New York", "New\u00a0York", True, True),
        ("caf\u00e9", "cafe\u0301", True, True),
        ("Straße", "STRASSE", False, True),
        ("ran*", "ran", False, True),
        ("ran*", "running", False, False),
        ("*run*", "they run fast", False, True),
        ("a*b*c", "a--c--b", False, False),
        ("a*a", "a", False, False),
        ("*a*a*", "bab", False, False),
        ("*a*a*", "baab", False, True),
        ("2\\*3", "2*3", False, True),
        ("2\\*3", "2x3", False, False),
        ("**", "anything", False, True),
        ("a.c", "abc", False, False),
        ("Київ", "київ", False, True),
    ],
)
def test_short_answers_follow_wildcards_case_and_spaces(
    pattern: str, typed: str, case_sensitive: bool, hit: bool
) -> None:
    asked = question(QuestionType.SHORTANSWER, (pattern, 1), case_sensitive=case_sensitive)
    assert (mark(asked, text=typed).fraction == 1.0) is hit


def test_the_first_short_answer_that_fits_decides() -> None:
    asked = question(QuestionType.SHORTANSWER, ("lead", 1), ("l*d", 0.5), ("*", 0.1))
    assert mark(asked, text="lead").matched == (0,)
    assert mark(asked, text="loud").fraction == 0.5
    assert mark(asked, text="what").fraction == 0.1
    none = mark(question(QuestionType.SHORTANSWER, ("lead", 1)), text="what")
    assert (none.fraction, none.matched, none.keys) == (0.0, (), ("no match",))


def test_many_wildcards_take_no_time() -> None:
    asked = question(QuestionType.SHORTANSWER, ("*a" * 200 + "b", 1))
    assert mark(asked, text="a" * 20_000).fraction == 0.0


@pytest.mark.parametrize(
    ("value", "tolerance", "typed", "hit"),
    [
        ("3.5", "0", "3.5", True),
        ("3.5", "0", "3,5", True),
        ("3.5", "0", " 3.50 ", True),
        ("3.5", "0", "3.51", False),
        ("3.5", "0.1", "3.4", True),
        ("3.5", "0.1", "3,6", True),
        ("3.5", "0.1", "3.61", False),
        ("3", "2", "1", True),
        ("3", "2", "5.0001", False),
        ("12500", "0", "12 500", True),
        ("12500", "0", "12\u202f500", True),
        ("12500", "0", "12,500.0", True),
        ("12500", "0", "12.500,0", True),
        ("12500", "0", "12'500", True),
        ("1234567", "0", "1,234,567", True),
        ("1.234", "0", "1,234", True),
        ("1500", "0", "1.5e3", True),
        ("1500", "0", "1,5E+3", True),
        ("1500", "0", "1.5 × 10^3", True),
        ("-4", "0", "\u22124", True),
        ("0.3", "0", ".3", True),
        ("3.3000000000000003", "0", "3.3", True),
        ("5", "0", "five", False),
        ("5", "0", "5 5,5.5", False),
        ("5", "0", "1e999999", False),
        ("5", "0", "nan", False),
        ("5", "0", "5" * 500, False),
        ("*", "0", "five", True),
    ],
)
def test_numbers_are_read_as_people_type_them(value: str, tolerance: str, typed: str, hit: bool) -> None:
    assert (mark(numerical(value, tolerance), text=typed).fraction == 1.0) is hit


def test_matching_pays_for_each_stem() -> None:
    result = mark(CAPITALS, matches=("Paris", "Rome", "N'Djamena"))
    assert result.fraction == pytest.approx(2 / 3)
    assert result.matched == (0, 2)
    assert mark(CAPITALS, matches=("Paris", "", "")).fraction == pytest.approx(1 / 3)
    assert mark(CAPITALS, matches=("", "", "")).outcome is Outcome.UNANSWERED


def test_an_essay_waits_for_a_person_and_an_empty_one_does_not() -> None:
    essay = question(QuestionType.ESSAY)
    written = mark_question(Item(essay, Response(text="I would ask first."), max_mark=4))
    assert (written.pending, written.fraction, written.max_mark) == (True, None, 4.0)
    assert mark(essay, text="  ").outcome is Outcome.UNANSWERED
    marked = mark_question(Item(essay, Response(text="…"), max_mark=4, manual_fraction=0.75))
    assert (marked.outcome, marked.mark) == (Outcome.PARTLY, 3.0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        mark_question(Item(essay, Response(text="…"), manual_fraction=1.2))


def test_feedback_goes_from_the_answer_to_the_outcome_to_the_question() -> None:
    asked = question(
        QuestionType.MULTICHOICE,
        ("yes", 1),
        ("no", 0),
        correct_feedback=Text("Right."),
        incorrect_feedback=Text("Wrong."),
        general_feedback=Text("See the playbook."),
    )
    assert [t.text for t in mark(asked, choices=(1,)).feedback] == ["about no", "Wrong.", "See the playbook."]
    assert [t.text for t in mark(asked, choices=(0,)).feedback] == [
        "about yes",
        "Right.",
        "See the playbook.",
    ]


def test_an_attempt_adds_up_in_total_and_per_competency() -> None:
    def tagged(*tags: str) -> Question:
        return question(QuestionType.MULTICHOICE, ("yes", 1), ("no", 0), tags=tags)

    right, wrong = Response(choices=(0,)), Response(choices=(1,))
    result = mark_attempt(
        [
            Item(tagged("listening"), right, max_mark=2),
            Item(tagged("listening", "upsell"), wrong),
            Item(tagged("upsell", "hard"), right),
            Item(Question(QuestionType.DESCRIPTION, "d", Text("Read this."), tags=("upsell",))),
        ],
        competencies={"listening", "upsell"},
    )
    assert (result.total.mark, result.total.max_mark, result.total.percent) == (3.0, 4.0, 75.0)
    assert [(tag, score.percent) for tag, score in result.competencies] == [
        ("listening", 66.666667),
        ("upsell", 50.0),
    ]


def test_a_pending_part_holds_back_the_percent_of_its_competency_only() -> None:
    essay = question(QuestionType.ESSAY, tags=("writing",))
    quiz = question(QuestionType.MULTICHOICE, ("yes", 1), tags=("facts",))
    result = mark_attempt([Item(essay, Response(text="Dear…")), Item(quiz, Response(choices=(0,)))])
    assert result.total.percent is None
    assert result.total.pending == 1
    assert [(tag, score.percent) for tag, score in result.competencies] == [
        ("facts", 100.0),
        ("writing", None),
    ]


def test_four_of_five_is_eighty_percent_exactly() -> None:
    asked = question(QuestionType.MULTICHOICE, ("yes", 1), ("no", 0))
    for weight in (0.1, 1 / 3, 0.7, 3):
        items = [Item(asked, Response(choices=(int(n == 0),)), max_mark=weight) for n in range(5)]
        assert mark_attempt(items).total.percent == 80.0


def test_overall_feedback_is_that_of_the_highest_band_reached() -> None:
    bands = [(0.0, Text("Read again.")), (80.0, Text("Passed.")), (50.0, Text("Nearly."))]
    assert overall_feedback(80.0, bands) == Text("Passed.")
    assert overall_feedback(79.9, bands) == Text("Nearly.")
    assert overall_feedback(10.0, [(50.0, Text("Nearly."))]) is None


fractions = st.sampled_from([-1.0, -0.5, -0.25, 0.0, 0.2, 0.25, 0.3333333, 0.5, 1.0])


@st.composite
def answered_multichoice(draw: st.DrawFn) -> Item:
    weights = draw(st.lists(fractions, min_size=1, max_size=8))
    chosen = draw(st.sets(st.integers(0, len(weights) - 1)))
    tags = draw(st.sets(st.sampled_from(["a", "b", "c"])))
    asked = question(
        QuestionType.MULTICHOICE,
        *[(str(n), weight) for n, weight in enumerate(weights)],
        single=False,
        tags=tuple(tags),
    )
    return Item(asked, Response(choices=tuple(chosen)), max_mark=draw(st.floats(0, 100)))


@given(answered_multichoice(), st.randoms(use_true_random=False))
def test_marks_stay_within_bounds_whatever_the_order_of_answers_and_ticks(item: Item, random) -> None:  # type: ignore[no-untyped-def]
    result = mark_question(item)
    assert result.fraction is not None
    assert 0 <= result.fraction <= 1
    assert 0 <= result.mark <= result.max_mark
    order = list(range(len(item.question.answers)))
    random.shuffle(order)
    moved = question(
        QuestionType.MULTICHOICE,
        *[(item.question.answers[i].text.text, item.question.answers[i].fraction) for i in order],
        single=False,
    )
    ticks = [order.index(choice) for choice in item.response.choices]
    random.shuffle(ticks)
    assert mark_question(Item(moved, Response(tuple(ticks)), item.max_mark)).fraction == result.fraction


@given(st.lists(answered_multichoice(), max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_questions_changes_no_score(items: list[Item], random) -> None:  # type: ignore[no-untyped-def]
    def scores(attempt: AttemptMark) -> object:
        return attempt.total, attempt.competencies

    shuffled = list(items)
    random.shuffle(shuffled)
    assert scores(mark_attempt(items)) == scores(mark_attempt(shuffled))


@given(st.text(max_size=60), st.text(alphabet="ab*\\ é", max_size=12), st.booleans())
def test_any_typed_text_is_marked_within_bounds(typed: str, pattern: str, case_sensitive: bool) -> None:
    asked = question(QuestionType.SHORTANSWER, (pattern, 1), case_sensitive=case_sensitive)
    assert mark(asked, text=typed).fraction in (0.0, 1.0)
    assert mark(numerical("5", "1"), text=typed).fraction in (0.0, 1.0)


@given(st.decimals(-(10**9), 10**9, places=3))
def test_a_number_is_read_the_same_with_point_comma_and_spaces(number: Decimal) -> None:
    plain = f"{number:f}"
    for typed in (plain, plain.replace(".", ","), f"{number:,}".replace(",", "\u00a0"), f"{number:,}"):
        assert mark(numerical(plain), text=typed).fraction == 1.0
