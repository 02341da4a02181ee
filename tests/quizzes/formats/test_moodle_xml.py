"""Moodle XML is read as Moodle writes it, and everything the neutral question holds survives it."""

import base64
from dataclasses import replace
from decimal import Decimal

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from app.quizzes import formats
from app.quizzes.question import Answer, Pair, Question, QuestionType, Text, TextFormat, true_false_answers
from tests.quizzes.formats.strategies import SETTINGS, differences, questions, replace_media, texts, words

PNG = b"\x89PNG\r\n\x1a\n-small-"


def quiz(*elements: str) -> bytes:
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n' + "\n".join(elements) + "\n</quiz>").encode()


def element(kind: str, inner: str = "", text: str = "Text", name: str = "Name") -> str:
    return (
        f'<question type="{kind}"><name><text>{name}</text></name>'
        f'<questiontext format="html"><text><![CDATA[{text}]]></text></questiontext>{inner}</question>'
    )


def answer(fraction: str, text: str, feedback: str = "", extra: str = "") -> str:
    return (
        f'<answer fraction="{fraction}" format="html"><text>{text}</text>'
        f'<feedback format="html"><text>{feedback}</text></feedback>{extra}</answer>'
    )


def one(source: str) -> Question:
    result = formats.read(quiz(source))
    assert result.format == "moodle-xml"
    assert result.errors == ()
    (question,) = result.questions
    return question


def test_multiple_choice_carries_everything():
    question = one(
        element(
            "multichoice",
            "<generalfeedback format='markdown'><text>gen</text></generalfeedback>"
            "<defaultgrade>2.5000000</defaultgrade><idnumber>s-1</idnumber><single>false</single>"
            "<shuffleanswers>0</shuffleanswers><correctfeedback format='html'><text>yes</text></correctfeedback>"
            + answer("33.33333", "a", "A!")
            + answer("66.66667", "b")
            + answer("-100", "c")
            + "<tags><tag><text>spot-lead</text></tag></tags>",
        )
    )
    assert question.type is QuestionType.MULTICHOICE
    assert (question.single, question.shuffle, question.default_mark) == (False, False, Decimal("2.5"))
    assert [a.fraction for a in question.answers] == [0.3333333, 0.6666667, -1.0]
    assert question.answers[0].feedback == Text("A!", TextFormat.HTML)
    assert question.general_feedback == Text("gen", TextFormat.MARKDOWN)
    assert question.correct_feedback.text == "yes"
    assert (question.id, question.tags) == ("s-1", ("spot-lead",))


@pytest.mark.parametrize(
    ("kind", "inner", "expected"),
    [
        ("truefalse", answer("0", "true", "no") + answer("100", "false", "yes"), [("True", 0), ("False", 1)]),
        ("truefalse", answer("100", "Wahr") + answer("0", "Falsch"), [("True", 1), ("False", 0)]),
        ("shortanswer", answer("100", "CRM") + answer("50", "c*"), [("CRM", 1), ("c*", 0.5)]),
        ("numerical", answer("100", "42.0", extra="<tolerance>0.5</tolerance>"), [("42", 1)]),
        ("numerical", answer("100", "42") + answer("0", "*", "no"), [("42", 1), ("*", 0)]),
    ],
)
def test_answers_of_the_other_types(kind, inner, expected):
    assert [(a.text.text, a.fraction) for a in one(element(kind, inner)).answers] == expected


def test_matching_essay_and_description():
    pairs = "".join(
        f"<subquestion format='html'><text>{stem}</text><answer><text>{match}</text></answer></subquestion>"
        for stem, match in [("a", "1"), ("", "2")]
    )
    assert [(p.stem.text, p.answer) for p in one(element("matching", pairs)).pairs] == [("a", "1"), ("", "2")]
    essay = one(element("essay", "<graderinfo format='html'><text>look for tact</text></graderinfo>"))
    assert essay.marker_notes.text == "look for tact"
    assert one(element("description", "<defaultgrade>1</defaultgrade>")).default_mark == 0


def test_answers_keep_their_order_unless_the_file_says_shuffle():
    answers = answer("100", "a") + answer("0", "b")
    assert not one(element("multichoice", answers)).shuffle
    assert one(element("multichoice", "<shuffleanswers>true</shuffleanswers>" + answers)).shuffle


def test_a_category_holds_until_the_next():
    result = formats.read(
        quiz(
            '<question type="category"><category><text>$course$/top/Sales</text></category></question>',
            element("essay"),
            '<question type="category"><category><text>Support</text></category></question>',
            element("essay"),
        )
    )
    assert [question.category for question in result.questions] == ["$course$/top/Sales", "Support"]


@pytest.mark.parametrize("kind", ["cloze", "ddwtos", "calculated", "gapselect", "ddmarker", "pmatch"])
def test_types_that_tandem_does_not_ask_are_named_and_kept_out(kind):
    result = formats.read(quiz(element(kind, name="Odd one"), element("essay")))
    assert len(result.questions) == 1 and result.errors == ()
    (warning,) = result.warnings
    assert "Odd one" in warning.message and "does not ask" in warning.message and warning.line == 3


@pytest.mark.parametrize(
    ("inner", "words"),
    [
        ("<hint format='html'><text>think</text></hint>", "Hints are not kept (2 questions)"),
        ("<hidden>1</hidden>", "Hidden questions"),
        ("<penalty>0.5000000</penalty>", "Penalties"),
        ("<answernumbering>iii</answernumbering>", "numbering"),
        ("<units><unit><unit_name>kg</unit_name></unit></units>", "Units"),
        ("<attachments>2</attachments>", "Files with essay answers"),
    ],
)
def test_what_tandem_has_no_place_for_is_one_warning_for_all(inner, words):
    source = element("essay", "<penalty>0.3333333</penalty>" + inner if "penalty" not in inner else inner)
    result = formats.read(quiz(source, source))
    (warning,) = result.warnings
    assert words in warning.message and warning.line == 3


def test_embedded_files_come_along_and_two_of_one_name_are_kept_apart():
    def with_file(content: bytes) -> str:
        file = f'<file name="a b.png" path="/" encoding="base64">{base64.b64encode(content).decode()}</file>'
        image = '<p><img src="@@PLUGINFILE@@/a%20b.png" alt="x"></p>'
        return (
            '<question type="essay"><name><text>n</text></name><questiontext format="html">'
            f"<text><![CDATA[{image}]]></text>{file}</questiontext></question>"
        )

    result = formats.read(quiz(with_file(PNG), with_file(b"other"), with_file(PNG)))
    assert [(m.name, m.data) for m in result.media] == [("a b.png", PNG), ("a b-2.png", b"other")]
    assert [q.media for q in result.questions] == [("a b.png",), ("a b-2.png",), ("a b.png",)]
    again = formats.read(formats.write(result.questions, "moodle-xml", result.media).data)
    assert again.questions == result.questions and again.media == result.media


def test_an_image_of_an_old_export_comes_along_behind_the_text():
    inner = f"<image>pics/a.png</image><image_base64>{base64.b64encode(PNG).decode()}</image_base64>"
    result = formats.read(quiz(element("essay", inner), element("essay", "<image>gone.png</image>")))
    assert [(m.name, m.data) for m in result.media] == [("pics_a.png", PNG)]
    assert result.questions[0].text.text == 'Text <img src="@@PLUGINFILE@@/pics_a.png" alt="">'
    assert any("gone.png" in warning.message for warning in result.warnings)


def test_names_and_settings_that_moodle_takes_too():
    two = "<subquestion format='wiki_like'><text>a</text><answer><text>1</text></answer></subquestion>"
    match = one(element("match", "<shuffleanswers/>" + two * 2))
    assert match.type is QuestionType.MATCHING and not match.shuffle
    assert match.pairs[0].stem.format is TextFormat.HTML
    assert not one(element("multichoice", "<single></single>" + answer("100", "a") + answer("0", "b"))).single


def test_the_description_of_a_category_is_reported():
    about = "<question type='category'><category><text>a</text></category><info><text>All of it</text></info></question>"
    assert "Descriptions of categories" in formats.read(quiz(about, element("essay"))).warnings[0].message


def test_a_file_that_is_shown_but_not_there_is_reported():
    result = formats.read(quiz(element("essay", text='<img src="@@PLUGINFILE@@/gone.png">')))
    assert "gone.png" in result.warnings[0].message


def test_a_file_cannot_leave_its_folder():
    file = '<file name="../../etc/passwd" path="/" encoding="base64">eA==</file>'
    source = element("essay").replace("</text></questiontext>", f"</text>{file}</questiontext>")
    assert [m.name for m in formats.read(quiz(source)).media] == ["etc/passwd"]


MALFORMED = [
    (element("multichoice", answer("100", "only one")), "too few answers"),
    (element("multichoice", answer("37", "a") + answer("63", "b")), "not a weight"),
    (element("shortanswer", answer("50", "a")), "full mark"),
    (element("numerical", answer("100", "many")), "not a number"),
    (element("matching"), "two pairs"),
    (element("truefalse"), "neither true nor false"),
    ("<question type='essay'><name><text>x</text></name><questiontext>", "br"),
    ("<question type='essay'>& </question>", "br"),
]


@pytest.mark.parametrize(("source", "reason"), MALFORMED)
def test_a_malformed_question_costs_only_itself(source, reason):
    result = formats.read(quiz(element("essay", name="Before"), source, element("essay", name="After")))
    assert [question.name for question in result.questions] == ["Before", "After"]
    assert any(reason in error.message and error.line in (4, 5) for error in result.errors)


rich = st.fixed_dictionaries(
    {
        "id": words(0).map(lambda text: " ".join(text.split())),
        "tags": st.lists(words().map(str.strip).filter(bool), max_size=2, unique=True).map(tuple),
        "default_mark": st.decimals("0.01", "99", places=2),
        "category": st.text("ab/$ ", max_size=6).map(str.strip),
    }
)


@st.composite
def rich_questions(draw):
    question = replace(draw(questions()), **draw(rich))
    kind = question.type
    if kind is QuestionType.DESCRIPTION:
        question = replace(question, default_mark=Decimal(0), general_feedback=draw(texts()))
    if kind is QuestionType.SHORTANSWER:
        question = replace(question, case_sensitive=draw(st.booleans()))
    if kind in (QuestionType.MULTICHOICE, QuestionType.MATCHING):
        question = replace(
            question,
            shuffle=draw(st.booleans()),
            correct_feedback=draw(texts()),
            partial_feedback=draw(texts()),
            incorrect_feedback=draw(texts()),
        )
    if kind is QuestionType.ESSAY:
        question = replace(question, marker_notes=draw(texts()), response_template=draw(texts()))
    return replace_media(question)


@SETTINGS
@given(st.lists(rich_questions(), min_size=1, max_size=3))
def test_questions_survive_moodle_xml_unchanged(drawn):
    written = formats.write(drawn, "moodle-xml")
    again = formats.read(written.data, "moodle-xml")
    assert again.errors == ()
    assert differences(drawn, list(again.questions)) == []
    assert formats.write(again.questions, "moodle-xml").data == written.data


def choice_of(kind, *answers, **more):
    return Question(kind, "N", Text("T"), answers, default_mark=Decimal(2), **more)


# Where Moodle's reader looks for what it needs of each type (question/format/xml/format.php, `import_…`).
HTML_NO = Text("<b>no</b>", TextFormat.HTML)
LOOKED_FOR = [
    (
        choice_of(
            QuestionType.MULTICHOICE, Answer(Text("a"), 1 / 3, HTML_NO), Answer(Text("b"), -1), single=False
        ),
        "multichoice",
        {
            "single": "false",
            "shuffleanswers": "true",
            "answer[1]/text": "a",
            "answer[1]/feedback/text": "<b>no</b>",
            "answer[1]/feedback@format": "html",
            "answer[1]@fraction": "33.33333",
            "answer[2]@fraction": "-100",
            "correctfeedback@format": "moodle_auto_format",
        },
    ),
    (
        choice_of(QuestionType.TRUEFALSE, *true_false_answers(False, Text("t!"), Text("f!"))),
        "truefalse",
        {
            "answer[1]/text": "true",
            "answer[1]@fraction": "0",
            "answer[2]/text": "false",
            "answer[2]@fraction": "100",
        },
    ),
    (
        choice_of(QuestionType.SHORTANSWER, Answer(Text("x*"), 1.0), case_sensitive=True),
        "shortanswer",
        {"usecase": "1", "answer/text": "x*", "answer@fraction": "100"},
    ),
    (
        choice_of(QuestionType.NUMERICAL, Answer(Text("4.5"), 1.0, tolerance=Decimal("0.5"))),
        "numerical",
        {"answer/text": "4.5", "answer/tolerance": "0.5", "defaultgrade": "2"},
    ),
    (
        choice_of(
            QuestionType.MATCHING, pairs=(Pair(Text("s"), "one"), Pair(Text(""), "two")), shuffle=False
        ),
        "matching",
        {
            "shuffleanswers": "false",
            "subquestion[1]/text": "s",
            "subquestion[1]/answer/text": "one",
            "subquestion[2]/text": None,
            "subquestion[2]/answer/text": "two",
        },
    ),
    (
        choice_of(
            QuestionType.ESSAY, marker_notes=Text("look"), response_template=HTML_NO, id="e-1", tags=("t",)
        ),
        "essay",
        {
            "responseformat": "editor",
            "graderinfo/text": "look",
            "responsetemplate/text": "<b>no</b>",
            "responsetemplate@format": "html",
            "idnumber": "e-1",
            "tags/tag/text": "t",
            "name/text": "N",
            "questiontext/text": "T",
        },
    ),
]


@pytest.mark.parametrize(("question", "kind", "expected"), LOOKED_FOR)
def test_each_type_is_written_where_moodle_looks_for_it(question, kind, expected):
    (written,) = fromstring(formats.write([question], "moodle-xml").data)
    assert written.get("type") == kind
    for place, value in expected.items():
        path, _, attribute = place.partition("@")
        found = written.find(path)
        assert (found.get(attribute) if attribute else found.text) == value, place
