"""GIFT is read as Moodle reads it; the expected readings come from its documentation and code."""

from decimal import Decimal

import pytest

from app.quizzes import formats
from app.quizzes.formats.gift_reader import read_gift
from app.quizzes.question import Question, QuestionType, Text, TextFormat

MULTI, TF, SHORT = QuestionType.MULTICHOICE, QuestionType.TRUEFALSE, QuestionType.SHORTANSWER
NUM, MATCH, ESSAY, DESC = (
    QuestionType.NUMERICAL,
    QuestionType.MATCHING,
    QuestionType.ESSAY,
    QuestionType.DESCRIPTION,
)


def one(source: str) -> Question:
    result = read_gift(source.encode())
    assert result.errors == ()
    assert len(result.questions) == 1
    return result.questions[0]


def texts(question: Question) -> list[tuple[str, float]]:
    return [(answer.text.text, answer.fraction) for answer in question.answers]


TYPES = [
    ("What sells?{~Fear =Trust ~Noise}", MULTI, [("Fear", 0), ("Trust", 1), ("Noise", 0)]),
    ("Pick both {~%50%a ~%50%b ~c}", MULTI, [("a", 0.5), ("b", 0.5), ("c", 0)]),
    ("Careful {~%-100%a ~%100%b}", MULTI, [("a", -1), ("b", 1)]),
    ("Half {~%33.333%a ~%33.33333%b ~%33.333%c}", MULTI, [("a", 1 / 3), ("b", 1 / 3), ("c", 1 / 3)]),
    ("Two rights {=a =b ~c}", MULTI, [("a", 1), ("b", 1), ("c", 0)]),
    ("Led {lead ~b =c}", MULTI, [("lead", 0), ("b", 0), ("c", 1)]),
    ("Weight after = stays text {=%100%a ~b}", MULTI, [("%100%a", 1), ("b", 0)]),
    ("Empty ones go {~a ~=b}", MULTI, [("a", 0), ("b", 1)]),
    ("It closes {T}", TF, [("True", 1), ("False", 0)]),
    ("It closes {TRUE}", TF, [("True", 1), ("False", 0)]),
    ("It closes {F}", TF, [("True", 0), ("False", 1)]),
    ("It closes {\n FALSE \n}", TF, [("True", 0), ("False", 1)]),
    ("Only capitals are true or false {true}", SHORT, [("true", 1)]),
    ("Not with an = {=T}", SHORT, [("T", 1)]),
    ("Name it {=CRM =%50%database}", SHORT, [("CRM", 1), ("database", 0.5)]),
    ("Name it {CRM}", SHORT, [("CRM", 1)]),
    ("Wild {=*sales*}", SHORT, [("*sales*", 1)]),
    ("How many?{#42}", NUM, [("42", 1)]),
    ("How many?{#=0}", NUM, [("0", 1)]),
    ("How many?{#*}", NUM, [("*", 1)]),
    ("Explain {}", ESSAY, []),
    ("Explain {\n}", ESSAY, []),
    ("Explain {####Think of the customer.}", ESSAY, []),
    ("Read this first.", DESC, []),
]


@pytest.mark.parametrize(("source", "kind", "answers"), TYPES)
def test_type_answers_and_fractions_are_moodles(source, kind, answers):
    question = one(source)
    assert question.type is kind
    assert texts(question) == [(text, pytest.approx(fraction, abs=1e-6)) for text, fraction in answers]


@pytest.mark.parametrize(("braces", "is_single"), [("{~a =b}", True), ("{~%50%a ~%50%b}", False)])
def test_an_equals_sign_makes_a_multiple_choice_single(braces, is_single):
    assert one(f"Q {braces}").single is is_single


NUMBERS = [
    ("{#1822:3}", [("1822", "3", 1)]),
    ("{#3.141..3.142}", [("3.1415", "0.0005", 1)]),
    ("{#1..5}", [("3", "2", 1)]),
    ("{#-5..5}", [("0", "5", 1)]),
    ("{# =1822:0 =%50%1820..1824}", [("1822", "0", 1), ("1822", "2", 0.5)]),
    ("{#1e3:.5}", [("1000", "0.5", 1)]),
    ("{# =42 ~#no}", [("42", "0", 1), ("*", "0", 0)]),
]


@pytest.mark.parametrize(("braces", "expected"), NUMBERS)
def test_numerical_answers_carry_value_tolerance_and_weight(braces, expected):
    found = [(a.text.text, a.tolerance, a.fraction) for a in one(f"How many? {braces}").answers]
    assert found == [(value, Decimal(tolerance), fraction) for value, tolerance, fraction in expected]


def test_matching_pairs_keep_order_and_a_stemless_distractor():
    question = one("Who owns it? {\n=Lead -> Sales\n=[html]<b>Ticket</b>->Support\n= -> Nobody\n}")
    assert question.type is MATCH
    assert [(p.stem.text, p.stem.format.value, p.answer) for p in question.pairs] == [
        ("Lead", "moodle", "Sales"),
        ("<b>Ticket</b>", "html", "Support"),
        ("", "moodle", "Nobody"),
    ]


def test_feedback_per_answer_and_in_general():
    question = one("Q {\n=a # well done\n~b#[html]no, <i>not</i> b\n~c\n####In general}")
    assert [a.feedback.text for a in question.answers] == ["well done", "no, <i>not</i> b", ""]
    assert question.answers[1].feedback.format is TextFormat.HTML
    assert question.general_feedback.text == "In general"


def test_a_third_to_three_places_needs_no_warning():
    assert formats.read(b"Q {~%33.333%a ~%33.333%b ~%33.333%c}", "gift").warnings == ()


def test_the_last_four_hashes_begin_the_general_feedback():
    question = one("Q {=a#x####y####gen}")
    assert question.general_feedback.text == "gen"
    assert question.answers[0].feedback.text == "x####y"


@pytest.mark.parametrize(
    ("braces", "feedback_true", "feedback_false"),
    [
        ("{T#wrong#right}", "right", "wrong"),
        ("{F#wrong#right}", "wrong", "right"),
        ("{T#wrong}", "", "wrong"),
        ("{FALSE##right####all}", "", "right"),
    ],
)
def test_true_false_feedback_is_for_the_wrong_then_the_right_response(braces, feedback_true, feedback_false):
    assert [a.feedback.text for a in one(f"Q {braces}").answers] == [feedback_true, feedback_false]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Trust is {=earned ~bought} slowly.", "Trust is _____ slowly."),
        ("Two and two {=four}.", "Two and two _____."),
        ("Two and two?{=four}", "Two and two?"),
        ("{=four} is two and two", "_____ is two and two"),
        (r"Ends escaped {=a} \}", "Ends escaped _____ }"),
    ],
)
def test_text_after_the_answers_leaves_a_blank(source, text):
    assert one(source).text.text == text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"a \= b", "a = b"),
        (r"\~ \# \{ \} \:", "~ # { } :"),
        (r"a\nb", "a\nb"),
        (r"back\\slash", r"back\slash"),
        (r"\\\=", r"\="),
        (r"C\:\\dir", "C:\\dir"),
        (r"no\tescape", r"no\tescape"),
    ],
)
def test_escapes(written, read):
    assert one(f"{written} {{=x}}").text.text == read
    assert one(f"Q {{={written}#{written}}}").answers[0].text.text == read
    assert one(f"Q {{={written}#{written}}}").answers[0].feedback.text == read


@pytest.mark.parametrize("name", ["html", "markdown", "moodle", "plain"])
def test_text_format_marks_hold_for_the_whole_question(name):
    question = one(f"[{name}]Q {{=a#yes ~[plain]b#[html]no ####gen}}")
    assert question.text.format.value == name
    assert question.answers[0].text.format.value == name
    assert question.answers[0].feedback.format.value == name
    assert question.answers[1].text.format is TextFormat.PLAIN
    assert question.answers[1].feedback.format is TextFormat.HTML
    assert question.general_feedback.format.value == name


def test_an_unknown_format_mark_is_text():
    assert one("[bold]Q {T}").text.text == "[bold]Q"


def test_names_categories_ids_and_tags():
    source = (
        "$CATEGORY: $course$/top/Sales\n\n"
        "// [id:s-01] [tag:spot-lead] [tag:a\\]b]\n:: The \\:\\: name :: Q {T}\n\n"
        "// question: 0  name: Switch category to Support\n$CATEGORY: Support\n\nQ2 {F}"
    )
    first, second = read_gift(source.encode()).questions
    assert (first.name, first.id, first.tags) == ("The :: name", "s-01", ("spot-lead", "a]b"))
    assert (first.category, second.category) == ("$course$/top/Sales", "Support")


def test_a_name_is_made_from_the_text_when_there_is_none():
    words = "word " * 40
    assert one(f"[html]<p>{words}</p>{{T}}").name == "word " * 15 + "..."
    assert one("Short one {T}").name == "Short one"


def test_comment_lines_count_for_nothing_inside_a_question_too():
    question = one("// a comment\nQ {\n// another\n=a\n  // and one\n~b\n}")
    assert texts(question) == [("a", 1), ("b", 0)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_byte_order_mark_change_nothing(end, mark):
    source = f"::Q1:: First {{T}}{end}{end}Второй вопрос {{=да ~нет}}{end}{end}שאלה {{=כן}}{end}"
    result = read_gift(mark + source.encode())
    assert [(q.text.text, q.line) for q in result.questions] == [
        ("First", 1),
        ("Второй вопрос", 3),
        ("שאלה", 5),
    ]
    assert result.errors == () and result.warnings == ()


ALONE = "\n\n::After:: still here {T}\n"
ERRORS = [
    ("Q {=a\n~b", 1, 3, "no closing }"),
    ("Q =a}", 1, 5, "no opening {"),
    ("Q }{", 1, 4, "no closing }"),
    ("Q {~a}", 1, 4, "two answers"),
    ("Q {=a -> b\n=c}", 2, 2, "-> is missing"),
    ("Q {=a -> b}", 1, 4, "two pairs"),
    ("Q {=a -> b\n=c -> }", 2, 2, "Nothing stands after ->"),
    ("Q {#abc}", 1, 5, "not a number"),
    ("Q {#3,14}", 1, 5, "Write 3.14"),
    ("Q {#5..1}", 1, 5, "backwards"),
    ("Q {#}", 1, 4, "needs a number"),
    ("Q {~%37%a ~%63%b}", 1, 5, "%40%"),
    ("Q {=%50%a}", 1, 4, "full mark"),
    ("Q {1:MC:~a~=b}", 1, 4, "cloze"),
    ("Q {=a {b} ~c}", 1, 7, "\\{"),
    ("Q {\n  =a\n\n  ~b\n}", 1, 3, "Line 5 is blank"),
    ("Q {=a\n::Next:: Q2 {T}", 1, 6, "no closing }"),
]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(("source", "line", "column", "words"), ERRORS)
def test_a_malformed_question_costs_only_itself_and_says_where(source, line, column, words, end):
    head = "Before {T}\n\n"
    result = read_gift((head + source + ALONE).replace("\n", end).encode())
    names = [question.name for question in result.questions]
    assert names[0] == "Before" and names[-1] == "After"
    (error,) = result.errors
    assert (error.line, error.column) == (line + 2, column)
    assert words in error.message


RUN_TOGETHER = [
    ("Q1 {T}\nQ2 {F}", [("Q1", 1), ("Q2", 2)]),
    ("$CATEGORY: Sales\nQ1 {T}", [("Q1", 2)]),
    ("::A:: text only\n::B:: Q {T}", [("text only", 1), ("Q", 2)]),
    ("Q1 {\n=a\n~b\n}\n// [id:x]\nQ2 {F}", [("Q1", 1), ("Q2", 6)]),
    ("Q1 {T}\n$CATEGORY: Sales\n\nQ2 {T}", [("Q1", 1), ("Q2", 4)]),
    ("// [id:a]\nA note\n// [id:b]\nQ2 {F}", [("A note", 2), ("Q2", 4)]),
]


@pytest.mark.parametrize(("source", "expected"), RUN_TOGETHER)
def test_questions_that_moodle_would_swallow_are_read_and_reported(source, expected):
    result = read_gift(source.encode())
    assert [(question.text.text, question.line) for question in result.questions] == expected
    assert result.errors == ()
    assert "blank line is missing" in result.warnings[0].message


def test_an_id_comment_goes_with_the_question_below_it():
    result = read_gift(b"// [id:a]\nQ1 {T}\n// [id:b]\nQ2 {F}")
    assert [question.id for question in result.questions] == ["a", "b"]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("// [id:lost]\n\nQ {T}", "names no question"),
        ("// [id:a]\nQ1 {T}\n\n// [id:a]\nQ2 {T}", "already used"),
        ("Q {~%50%a ~b}", "50 %, not 100 %"),
        ("Q {~it&#39;s =b}", "begins the feedback"),
        ("Q {~see http\\://x/?a=1 =b}", "in an address"),
        ("The {=a} and the {=b} one", "Only the first"),
        ("Q {#0}", "Moodle refuses {#0}"),
        ("Q {~%33.33%a ~%66.67%b}", "%33.33333%"),
        ("Q {true}", "TRUE"),
        ("::Story:: A customer writes.\n\nWhat do you do? {=ask ~wait}", "remove the blank line 2"),
        ("Which one?\n=this\n~that", "no braces"),
        ("::Name:: {T}", "no text"),
        ("Q {=a -> b\n= -> \n=c -> d}", "on either side of ->"),
    ],
)
def test_a_reading_that_may_surprise_its_author_is_a_warning(source, words):
    result = formats.read(source.encode(), "gift")
    assert result.questions and not result.errors
    assert any(words.lower() in warning.message.lower() for warning in result.warnings)


@pytest.mark.parametrize(
    "source",
    [
        "Take pencil and paper.\n\n::Q1:: What is 2 + 2? {=4}",
        "Take pencil and paper.\n\n// [id:q1]\nWhat is 2 + 2? {=4}",
        "What is 2 + 2? {=4}\n\nThe end.",
    ],
)
def test_a_description_that_stands_for_itself_needs_no_warning(source):
    result = read_gift(source.encode())
    assert len(result.questions) == 2 and result.warnings == ()


def test_a_format_mark_holds_for_one_text_and_the_questions_own_for_the_others():
    source = "::A:: [html]Match. {=[plain]one -> 1 =[markdown]two -> 2 =three -> 3 = -> [html]4}"
    (match,) = read_gift(source.encode()).questions
    assert [pair.stem.format.value for pair in match.pairs[:3]] == ["plain", "markdown", "html"]
    assert [pair.answer for pair in match.pairs] == ["1", "2", "3", "[html]4"]
    choice_, true = read_gift(
        b"Q? {=yellow # right; good! ~red # [html]no ~[plain]blue # no}\n\nQ {T#[html]w####[plain]gf}"
    ).questions
    assert [a.text.format.value for a in choice_.answers] == ["moodle", "moodle", "plain"]
    assert [a.feedback.format.value for a in choice_.answers] == ["moodle", "html", "moodle"]
    assert true.answers[1].feedback == Text("w", TextFormat.HTML)
    assert true.general_feedback == Text("gf", TextFormat.PLAIN)
