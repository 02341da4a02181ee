"""What is written as QTI 2.1 keeps to the published schema, whatever the texts hold."""

import io
import zipfile
from dataclasses import replace

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from app.quizzes import formats
from app.quizzes.formats.xhtml import xhtml_of
from app.quizzes.formats.xml_text import as_uri
from app.quizzes.question import Answer, Question, QuestionType, Text, TextFormat
from tests.quizzes.formats.qti_rules import faults, is_uri, manifest_faults
from tests.quizzes.formats.strategies import SETTINGS, questions
from tests.quizzes.formats.test_moodle_xml import rich_questions

PIECES = [
    "b",
    "i",
    "a",
    "p",
    "pre",
    "h2",
    "div",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "caption",
    "col",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "td",
    "th",
    "blockquote",
    "hr",
    "br",
]
PIECES += ["object", "img", "script", "font", 'img width="100px" height="auto"', 'td colspan="two"']
PIECES += ['object type="x"', "/table", "/ul", "/div", "/p", "/blockquote", "/tr", "/td"]
ADDRESSES = [
    "a b.png",
    "http://a/%zz",
    "a#b#c",
    "http://[x",
    "http://[::1]:80/",
    "http://x:port/",
    "//x/?q=[1]",
]
ADDRESSES += [
    ":x",
    "http://u@[x]:y/[1]#[#",
    "http://a:1:2/",
    "mailto:a@b",
    "javascript:alert('a')",
    "a\\b",
    "",
]
PIECES += [f'a href="{address}"' for address in ADDRESSES] + [f'img src="{address}"' for address in ADDRESSES]
LOOSE = ["words ", " ", "&#1;", "&#xFFFE;", "\x07", "&#xD800;", "&amp;", "<!-- -->", "Ж", "🙂"]
wild_html = st.lists(st.sampled_from([*(f"<{piece}>" for piece in PIECES), *LOOSE]), max_size=14).map("".join)
WILD_WORDS = st.text(st.characters(max_codepoint=0x2FFF, exclude_categories=["Cs"]), max_size=8)


def items_of(questions: list[Question]) -> list:
    with zipfile.ZipFile(io.BytesIO(formats.write(questions, "qti").data)) as written:
        return [fromstring(written.read(name)) for name in written.namelist() if name.startswith("items/")]


@SETTINGS
@given(st.lists(rich_questions(), min_size=1, max_size=3))
def test_every_written_item_keeps_to_the_published_schema(drawn):
    for question, item_ in zip(drawn, items_of(drawn), strict=True):
        assert faults(item_) == [], question


@SETTINGS
@given(wild_html)
def test_html_of_any_shape_is_written_as_the_schema_allows(html):
    text = Text(html or "x", TextFormat.HTML)
    answers = (Answer(text, 1.0, text), Answer(Text("b"), 0.0))
    question = Question(
        QuestionType.MULTICHOICE, "N", text, answers, general_feedback=text, marker_notes=text
    )
    (item_,) = items_of([question])
    assert faults(item_) == [], html


@pytest.mark.parametrize(
    ("html", "written"),
    [
        (
            "<table><tbody><tr><td>a</td></tr></tbody><tfoot><tr><td>f</td></tr></tfoot></table>",
            "<table><tfoot><tr><td>f</td></tr></tfoot><tbody><tr><td>a</td></tr></tbody></table>",
        ),
        ("<li>a</li><li>b</li>", "<div>a</div><div>b</div>"),
        ("<dl><dt><p>term</p></dt></dl>", "<dl><dt>term</dt></dl>"),
        ('<img src="a" width="100px" height="auto">', '<img src="a" alt="" width="100"/>'),
    ],
)
def test_html_that_the_schema_refuses_is_mended(html, written):
    assert xhtml_of(html) == written


@SETTINGS
@given(questions(), st.tuples(*[wild_html] * 6))
def test_wild_html_in_every_place_of_every_type_keeps_to_the_schema(question, html):
    texts = [Text(words, TextFormat.HTML) for words in html]
    answers = tuple(
        replace(
            answer,
            feedback=texts[0],
            text=texts[1] if question.type is QuestionType.MULTICHOICE else answer.text,
        )
        for answer in question.answers
    )
    pairs = tuple(
        replace(p, stem=Text("s" + html[0], TextFormat.HTML) if p.stem else p.stem) for p in question.pairs
    )
    (item_,) = items_of(
        [
            replace(
                question,
                text=texts[0],
                answers=answers,
                pairs=pairs,
                general_feedback=texts[1],
                correct_feedback=texts[2],
                partial_feedback=texts[3],
                incorrect_feedback=texts[4],
                marker_notes=texts[5],
            )
        ]
    )
    assert faults(item_) == []


@pytest.mark.parametrize(
    ("reference", "written"),
    [
        ("http://x/a b?c=ü#d", "http://x/a b?c=ü#d"),
        ("http://x/50%", "http://x/50%25"),
        ("http://x/50%25", "http://x/50%25"),
        ("page#one#two", "page#one%23two"),
        ("http://[::1]:80/[1]", "http://[::1]:80/%5B1%5D"),
        ("http://x:port/", "http://x%3Aport/"),
        (":x", "./:x"),
    ],
)
def test_an_address_is_written_as_the_schema_takes_it(reference, written):
    assert as_uri(reference) == written and is_uri(written)


@SETTINGS
@given(
    st.lists(
        st.sampled_from(
            ["http:", "//", "[", "]", ":", "%", "%4", "1", "x", "@", "/", "?", "#", "é", " ", "\x01"]
        )
    )
)
def test_any_address_becomes_one_that_the_schema_takes(bits):
    assert is_uri(as_uri("".join(bits)))


@SETTINGS
@given(st.lists(WILD_WORDS, max_size=2), WILD_WORDS, WILD_WORDS)
def test_the_manifest_keeps_to_the_published_schema(tags, category, id_):
    question = Question(QuestionType.ESSAY, "N", Text("T"), id=id_, tags=tuple(tags), category=category)
    with zipfile.ZipFile(io.BytesIO(formats.write([question] * 2, "qti").data)) as written:
        manifest = fromstring(written.read("imsmanifest.xml"))
        names = set(written.namelist())
    assert manifest_faults(manifest, names) == []
