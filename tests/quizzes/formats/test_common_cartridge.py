"""QTI 1.2 as Common Cartridge and Canvas write it."""

import io
import zipfile
from decimal import Decimal

import pytest

from app.quizzes import formats
from app.quizzes.question import Question, QuestionType, Text, TextFormat

HEAD = '<?xml version="1.0"?>\n<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2">\n'


def document(*items: str, title: str = "Week 1", ident: str = "quiz1") -> bytes:
    body = "\n".join(items)
    return (
        f'{HEAD}<assessment ident="{ident}" title="{title}"><section ident="root_section">{body}</section>'
        "</assessment></questestinterop>"
    ).encode()


def material(words: str, kind: str = "text/html") -> str:
    return f'<material><mattext texttype="{kind}">{words}</mattext></material>'


def labels(*pairs: tuple[str, str]) -> str:
    inner = "".join(
        f'<response_label ident="{ident}">{material(words, "text/plain")}</response_label>'
        for ident, words in pairs
    )
    return f"<render_choice>{inner}</render_choice>"


def rule(condition: str, score: str = "", action: str = "Set", feedback: str = "") -> str:
    setvar = f'<setvar action="{action}" varname="SCORE">{score}</setvar>' if score else ""
    shown = f'<displayfeedback feedbacktype="Response" linkrefid="{feedback}"/>' if feedback else ""
    return f"<respcondition><conditionvar>{condition}</conditionvar>{setvar}{shown}</respcondition>"


def equal(value: str, response: str = "response1") -> str:
    return f'<varequal respident="{response}">{value}</varequal>'


def item(kind: str, responses: str, rules: str = "", extra: str = "", title: str = "Question") -> str:
    return (
        f'<item ident="i1" title="{title}"><itemmetadata><qtimetadata>'
        f"<qtimetadatafield><fieldlabel>question_type</fieldlabel><fieldentry>{kind}</fieldentry></qtimetadatafield>"
        "<qtimetadatafield><fieldlabel>points_possible</fieldlabel><fieldentry>2.0</fieldentry></qtimetadatafield>"
        f"</qtimetadata></itemmetadata><presentation>{material('&lt;p&gt;What now?&lt;/p&gt;')}{responses}"
        '</presentation><resprocessing><outcomes><decvar maxvalue="100" minvalue="0" varname="SCORE"/></outcomes>'
        f"{rules}</resprocessing>{extra}</item>"
    )


def fb(ident: str, words: str) -> str:
    return f'<itemfeedback ident="{ident}"><flow_mat>{material(words)}</flow_mat></itemfeedback>'


def one(source: str) -> Question:
    result = formats.read(document(source))
    assert result.format == "common-cartridge" and result.errors == ()
    (question,) = result.questions
    return question


def found(question: Question) -> list[tuple[str, float]]:
    return [(answer.text.text, answer.fraction) for answer in question.answers]


LID = '<response_lid ident="response1" rcardinality="{}">{}</response_lid>'
STR = '<response_str ident="response1" rcardinality="Single"><render_fib/></response_str>'


def test_a_multiple_choice_with_feedback():
    question = one(
        item(
            "multiple_choice_question",
            LID.format("Single", labels(("1", "yes"), ("2", "no"))),
            rule(equal("2"), feedback="2_fb")
            + rule("<other/>", feedback="general_fb")
            + rule(equal("1"), "100"),
            fb("2_fb", "Not so") + fb("general_fb", "See lesson 1"),
        )
    )
    assert question.type is QuestionType.MULTICHOICE and question.single
    assert question.text == Text("<p>What now?</p>", TextFormat.HTML)
    assert (question.name, question.default_mark, question.category) == ("What now?", Decimal(2), "Week 1")
    assert found(question) == [("yes", 1.0), ("no", 0.0)]
    assert question.answers[1].feedback.text == "Not so"
    assert question.general_feedback.text == "See lesson 1"


def test_multiple_answers_share_the_mark():
    condition = f"<and>{equal('1')}{equal('2')}<not>{equal('3')}</not></and>"
    question = one(
        item(
            "multiple_answers_question",
            LID.format("Multiple", labels(("1", "a"), ("2", "b"), ("3", "c"))),
            rule(condition, "100"),
        )
    )
    assert not question.single
    assert found(question) == [("a", 0.5), ("b", 0.5), ("c", -0.5)]


@pytest.mark.parametrize(
    ("kind", "responses", "rules", "expected_type", "answers"),
    [
        (
            "true_false_question",
            LID.format("Single", labels(("1", "True"), ("2", "False"))),
            rule(equal("2"), "100"),
            QuestionType.TRUEFALSE,
            [("True", 0), ("False", 1)],
        ),
        (
            "short_answer_question",
            STR,
            rule(equal("CRM") + equal("crm tool"), "100"),
            QuestionType.SHORTANSWER,
            [("CRM", 1), ("crm tool", 1)],
        ),
        ("essay_question", STR, rule("<other/>"), QuestionType.ESSAY, []),
        ("text_only_question", "", "", QuestionType.DESCRIPTION, []),
    ],
)
def test_the_other_types(kind, responses, rules, expected_type, answers):
    question = one(item(kind, responses, rules))
    assert question.type is expected_type
    assert found(question) == answers


def test_numbers_exact_and_by_range():
    margin = (
        "<and><vargte respident='response1'>41.5</vargte><varlte respident='response1'>42.5</varlte></and>"
    )
    rules = rule(f"<or>{equal('42')}{margin}</or>", "100") + rule(
        "<vargte respident='response1'>1</vargte><varlte respident='response1'>5</varlte>", "100"
    )
    question = one(item("numerical_question", STR, rules))
    assert [(a.text.text, a.tolerance) for a in question.answers] == [
        ("42", Decimal("0.5")),
        ("3", Decimal(2)),
    ]


def test_matching():
    def response(ident: str, stem: str) -> str:
        choices = labels(("10", "Sales"), ("20", "Support"), ("30", "Nobody"))
        return f'<response_lid ident="{ident}">{material(stem, "text/plain")}{choices}</response_lid>'

    rules = rule(equal("10", "r1"), "50", "Add") + rule(equal("20", "r2"), "50", "Add")
    question = one(item("matching_question", response("r1", "Lead") + response("r2", "Ticket"), rules))
    assert [(p.stem.text, p.answer) for p in question.pairs] == [
        ("Lead", "Sales"),
        ("Ticket", "Support"),
        ("", "Nobody"),
    ]


@pytest.mark.parametrize(
    "kind", ["calculated_question", "fill_in_multiple_blanks_question", "multiple_dropdowns_question"]
)
def test_types_that_tandem_does_not_ask_are_named_and_kept_out(kind):
    result = formats.read(document(item(kind, STR, title="Odd one")))
    assert result.questions == () and result.errors == ()
    assert "Odd one" in result.warnings[0].message


def cartridge(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
    return buffer.getvalue()


def test_a_canvas_export_is_read_once_with_its_images():
    image = '&lt;img src="$IMS-CC-FILEBASE$/Uploaded%20Media/a.png?canvas_download=1" alt="A"&gt;'
    source = item("essay_question", STR).replace("&lt;p&gt;What now?&lt;/p&gt;", image)
    result = formats.read(
        cartridge(
            {
                "imsmanifest.xml": b"<manifest/>",
                "g1/assessment_qti.xml": document(item("essay_question", STR), ident="g1"),
                "non_cc_assessments/g1.xml.qti": document(source, ident="g1"),
                "web_resources/Uploaded Media/a.png": b"png",
            }
        )
    )
    assert result.format == "common-cartridge"
    assert len(result.questions) == 1
    assert result.questions[0].media == ("Uploaded Media/a.png",)
    assert [(m.name, m.data) for m in result.media] == [("Uploaded Media/a.png", b"png")]


def test_a_broken_item_costs_only_itself():
    bad = item("short_answer_question", STR).replace("</presentation>", "")
    result = formats.read(
        document(item("essay_question", STR, title="A"), bad, item("essay_question", STR, title="B"))
    )
    assert [question.name for question in result.questions] == ["A", "B"]
    assert len(result.errors) == 1
