"""QTI 2 and 3 items are read whatever wrote them; packages we write come back unchanged."""

import io
import zipfile
from dataclasses import replace
from decimal import Decimal

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from app.quizzes import formats
from app.quizzes.formats.fidelity import losses
from app.quizzes.question import Answer, Question, QuestionType, Text, TextFormat
from tests.quizzes.formats.strategies import SETTINGS
from tests.quizzes.formats.test_moodle_xml import rich_questions

QTI2 = 'xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1"'
QTI3 = 'xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0"'
MATCH = (
    '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>'
)


def item(declarations: str, body: str, after: str = MATCH, title: str = "Title") -> bytes:
    return (
        f'<?xml version="1.0"?>\n<assessmentItem {QTI2} identifier="i-1" title="{title}" adaptive="false" '
        f'timeDependent="false">\n{declarations}<itemBody>{body}</itemBody>{after}</assessmentItem>'
    ).encode()


def key(base: str, cardinality: str, *values: str, mapping: str = "") -> str:
    right = "".join(f"<value>{value}</value>" for value in values)
    return (
        f'<responseDeclaration identifier="RESPONSE" cardinality="{cardinality}" baseType="{base}">'
        f"<correctResponse>{right}</correctResponse>{mapping}</responseDeclaration>"
    )


def choice(*choices: str, most: int = 1) -> str:
    inner = "".join(
        f'<simpleChoice identifier="C{n}">{words}</simpleChoice>' for n, words in enumerate(choices)
    )
    return (
        f'<choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="{most}">'
        f"<prompt>Which one?</prompt>{inner}</choiceInteraction>"
    )


def one(data: bytes) -> Question:
    result = formats.read(data)
    assert result.format == "qti"
    assert result.errors == ()
    (question,) = result.questions
    return question


def fractions(question: Question) -> list[tuple[str, float]]:
    return [(answer.text.text, answer.fraction) for answer in question.answers]


def test_a_single_choice_with_inline_feedback():
    feedback = (
        '<feedbackInline outcomeIdentifier="F" identifier="C0" showHide="show">Well seen</feedbackInline>'
    )
    question = one(
        item(key("identifier", "single", "C0"), "<p>Look:</p>" + choice("yes" + feedback, "<b>no</b>"))
    )
    assert question.type is QuestionType.MULTICHOICE and question.single and question.shuffle
    assert question.text == Text("<p>Look:</p><p>Which one?</p>", TextFormat.HTML)
    assert fractions(question) == [("yes", 1.0), ("<b>no</b>", 0.0)]
    assert question.answers[0].feedback.text == "Well seen"
    assert question.id == "i-1"


def test_several_right_choices_share_the_mark_and_a_wrong_one_takes_it():
    question = one(item(key("identifier", "multiple", "C0", "C1"), choice("a", "b", "c", most=0)))
    assert fractions(question) == [("a", 0.5), ("b", 0.5), ("c", -1.0)]


def test_a_mapping_gives_weights_and_the_mark():
    mapping = (
        '<mapping defaultValue="-1"><mapEntry mapKey="C0" mappedValue="2"/>'
        '<mapEntry mapKey="C1" mappedValue="1"/></mapping>'
    )
    question = one(item(key("identifier", "multiple", "C0", mapping=mapping), choice("a", "b", "c", most=0)))
    assert question.default_mark == 3
    assert fractions(question) == [("a", 0.6666667), ("b", 0.3333333), ("c", -0.3333333)]


def test_true_and_false_make_a_true_false_question():
    question = one(item(key("identifier", "single", "C1"), choice("True", "False")))
    assert question.type is QuestionType.TRUEFALSE
    assert fractions(question) == [("True", 0.0), ("False", 1.0)]


def test_a_text_entry_amid_text_leaves_a_blank():
    mapping = (
        '<mapping defaultValue="0"><mapEntry mapKey="York" mappedValue="1" caseSensitive="false"/>'
        '<mapEntry mapKey="york city" mappedValue="0.5" caseSensitive="false"/></mapping>'
    )
    body = '<p>Richard of <textEntryInteraction responseIdentifier="RESPONSE"/> won.</p>'
    question = one(item(key("string", "single", "York", mapping=mapping), body))
    assert question.type is QuestionType.SHORTANSWER and not question.case_sensitive
    assert question.text.text == "<p>Richard of _____ won.</p>"
    assert fractions(question) == [("York", 1.0), ("york city", 0.5)]


def test_a_number_with_tolerance():
    processing = (
        '<responseProcessing><responseCondition><responseIf><equal toleranceMode="relative" tolerance="10 10">'
        '<variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></equal><setOutcomeValue identifier="SCORE">'
        '<baseValue baseType="float">1</baseValue></setOutcomeValue></responseIf></responseCondition>'
        "</responseProcessing>"
    )
    body = '<p>How many? <textEntryInteraction responseIdentifier="RESPONSE"/></p>'
    question = one(item(key("float", "single", "50"), body, processing))
    assert question.type is QuestionType.NUMERICAL
    assert (question.answers[0].text.text, question.answers[0].tolerance) == ("50", Decimal(5))


def match_set(letter: str, *words: str) -> str:
    inner = "".join(
        f'<simpleAssociableChoice identifier="{letter}{n}" matchMax="1">{word}</simpleAssociableChoice>'
        for n, word in enumerate(words)
    )
    return f"<simpleMatchSet>{inner}</simpleMatchSet>"


SETS = match_set("S", "Lead", "Ticket") + match_set("T", "Support", "Sales", "Nobody")
MATCHES = f'<matchInteraction responseIdentifier="RESPONSE" shuffle="true" maxAssociations="2">{SETS}</matchInteraction>'


def test_matching_essay_and_description():
    question = one(item(key("directedPair", "multiple", "S0 T1", "S1 T0"), MATCHES))
    assert [(p.stem.text, p.answer) for p in question.pairs] == [
        ("Lead", "Sales"),
        ("Ticket", "Support"),
        ("", "Nobody"),
    ]
    essay = one(item("", '<p>Why?</p><extendedTextInteraction responseIdentifier="RESPONSE"/>', ""))
    assert essay.type is QuestionType.ESSAY
    assert one(item("", "<p>Read this.</p>", "")).type is QuestionType.DESCRIPTION


def test_matching_that_tandem_marks_otherwise_is_reported():
    mapping = '<mapping><mapEntry mapKey="S0 T1" mappedValue="2"/><mapEntry mapKey="S1 T0" mappedValue="1"/></mapping>'
    uneven = formats.read(item(key("directedPair", "multiple", "S0 T1", "S1 T0", mapping=mapping), MATCHES))
    assert len(uneven.questions) == 1 and "worth more" in uneven.warnings[0].message
    several = formats.read(item(key("directedPair", "multiple", "S0 T1", "S0 T2", "S1 T0"), MATCHES))
    assert several.questions == () and "several right answers" in several.warnings[0].message


def test_qti_3_is_read_by_the_same_rules():
    source = f"""<?xml version="1.0" encoding="UTF-8"?>
<qti-assessment-item {QTI3} identifier="q3" title="Third" adaptive="false" time-dependent="false">
<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier">
<qti-correct-response><qti-value>B</qti-value></qti-correct-response></qti-response-declaration>
<qti-item-body><p>Pick.</p><qti-choice-interaction response-identifier="RESPONSE" max-choices="1" shuffle="false">
<qti-simple-choice identifier="A">one</qti-simple-choice><qti-simple-choice identifier="B">two</qti-simple-choice>
</qti-choice-interaction></qti-item-body>
<qti-modal-feedback outcome-identifier="F" identifier="A" show-hide="show">Not quite</qti-modal-feedback>
</qti-assessment-item>"""
    question = one(source.encode())
    assert (question.name, question.text.text, question.shuffle) == ("Third", "<p>Pick.</p>", False)
    assert fractions(question) == [("one", 0.0), ("two", 1.0)]
    assert question.answers[0].feedback.text == "Not quite"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('<orderInteraction responseIdentifier="RESPONSE"/>', "ordering"),
        ('<gapMatchInteraction responseIdentifier="RESPONSE"/>', "drag-and-drop"),
        ('<p><hotspotInteraction responseIdentifier="RESPONSE"/></p>', "hotspot"),
        (choice("a", "b") + choice("c", "d"), "2 parts"),
    ],
)
def test_items_that_tandem_does_not_ask_are_named_and_kept_out(body, words):
    result = formats.read(item("", body))
    assert result.questions == () and result.errors == ()
    assert "“Title”" in result.warnings[0].message and words in result.warnings[0].message


def package(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, data in members.items():
            file.writestr(name.replace("__", "/").replace("_", "."), data)
    return buffer.getvalue()


def test_media_in_a_package_come_along_under_a_reference_of_ours():
    body = '<p><img src="../img/a.png" alt="A"/></p><extendedTextInteraction responseIdentifier="RESPONSE"/>'
    result = formats.read(package(items__q_xml=item("", body, ""), img__a_png=b"png"))
    assert result.questions[0].media == ("img/a.png",)
    assert "@@PLUGINFILE@@/img/a.png" in result.questions[0].text.text
    assert [(media.name, media.data) for media in result.media] == [("img/a.png", b"png")]
    again = formats.read(formats.write(result.questions, "qti", result.media).data)
    assert again.media == result.media and again.questions[0].text == result.questions[0].text


def test_a_broken_item_costs_only_itself_and_names_its_file():
    good = item(key("identifier", "single", "C0"), choice("a", "b"))
    result = formats.read(package(a_xml=good, b_xml=good[:-40], c_xml=good))
    assert len(result.questions) == 2
    (error,) = result.errors
    assert error.member == "b.xml" and error.line >= 2


# Everything a rich question has, except what QTI has no place for.
def fit_for_qti(question: Question) -> Question:
    def html(text: Text) -> Text:
        is_html = text.format is TextFormat.HTML
        return (
            Text(f"<p>{text.text.replace('<', '').replace('&', '')}</p>", TextFormat.HTML)
            if is_html and text
            else text
        )

    return replace(
        question,
        text=html(question.text),
        answers=tuple(replace(a, text=html(a.text), feedback=html(a.feedback)) for a in question.answers),
        pairs=tuple(
            replace(p, stem=html(p.stem), answer=" ".join(p.answer.split()) or "x") for p in question.pairs
        ),
        general_feedback=html(question.general_feedback),
        correct_feedback=html(question.correct_feedback),
        partial_feedback=html(question.partial_feedback),
        incorrect_feedback=html(question.incorrect_feedback),
        marker_notes=html(question.marker_notes),
        response_template=Text(),
        tags=tuple(dict.fromkeys(" ".join(tag.split()) for tag in question.tags)),
    )


@SETTINGS
@given(st.lists(rich_questions().map(fit_for_qti), min_size=1, max_size=3))
def test_questions_survive_a_qti_package(drawn):
    written = formats.write(drawn, "qti")
    again = formats.read(written.data)
    assert again.errors == ()
    assert [losses(old, new) for old, new in zip(drawn, again.questions, strict=True)] == [[] for _ in drawn]
    assert written.warnings == ()
    once_more = formats.read(formats.write(again.questions, "qti").data)
    assert once_more.questions == again.questions


def test_what_qti_cannot_express_is_a_warning():
    essay = Question(QuestionType.ESSAY, "Name", Text("Why?"), response_template=Text("Dear …"))
    (warning,) = formats.write([essay], "qti").warnings
    assert "the text to start from" in warning.message


def test_items_follow_the_order_of_the_published_schema():
    answers = (Answer(Text("a"), 1.0, Text("A!")), Answer(Text("b"), 0.0))
    question = Question(
        QuestionType.MULTICHOICE,
        "N",
        Text("T"),
        answers,
        general_feedback=Text("g"),
        correct_feedback=Text("c"),
    )
    with zipfile.ZipFile(io.BytesIO(formats.write([question], "qti").data)) as written:
        root = fromstring(written.read("items/q00001.xml"))
        manifest = fromstring(written.read("imsmanifest.xml"))
    order = ["responseDeclaration", "outcomeDeclaration", "itemBody", "responseProcessing", "modalFeedback"]
    tags = [child.tag.rpartition("}")[2] for child in root]
    assert tags == sorted(tags, key=order.index)
    assert {"identifier", "title", "adaptive", "timeDependent"} <= set(root.attrib)
    assert [child.tag.rpartition("}")[2] for child in manifest] == ["metadata", "organizations", "resources"]
