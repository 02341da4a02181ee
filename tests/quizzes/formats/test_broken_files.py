"""Mutated real files never crash, hang or lose a reader's promise: questions, or errors that say where."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.quizzes import formats
from app.quizzes.formats.result import ReadResult
from tests.quizzes.formats.strategies import SETTINGS
from tests.quizzes.formats.test_common_cartridge import LID, STR, cartridge, document, equal, fb, labels, rule
from tests.quizzes.formats.test_common_cartridge import item as item12
from tests.quizzes.formats.test_moodle_xml import answer, element, quiz
from tests.quizzes.formats.test_qti import choice, item, key, package

GIFT = """$CATEGORY: $course$/top/Sales

// [id:s-1] [tag:spot-lead]
::Signals:: [markdown]Which is a **lead**? {
\t=They ask about seats#Right \\= growth
\t~%-50%They want a refund#[html]<b>No</b>
\t~Silence
\t####See lesson 1
}

Pi is {#3.14:0.01 =%50%3..3.3 ~#No}.

Match {=a -> b =c -> d}

It closes {TRUE#no#yes}

Explain {}

Just read this.
"""
AIKEN = "What sells?\nA) Fear\nB. Trust\nANSWER: B\n\nSecond?\nA) x\nB) y\nC) z\nANSWER: C\n"
XML = quiz(
    '<question type="category"><category><text>top/Sales</text></category></question>',
    element("multichoice", answer("100", "a", "yes") + answer("0", "b")),
    element("numerical", answer("100", "42", extra="<tolerance>1</tolerance>")),
    element("essay", '<graderinfo format="html"><text>x</text></graderinfo>'),
)
QTI_ITEM = item(key("identifier", "single", "C0"), "<p>Look</p>" + choice("a", "b"))
QTI12 = document(
    item12(
        "multiple_choice_question",
        LID.format("Single", labels(("1", "a"), ("2", "b"))),
        rule(equal("1"), "100"),
    ),
    item12("short_answer_question", STR, rule(equal("x"), "100", feedback="x_fb"), fb("x_fb", "well")),
)
FILES = {
    "gift": GIFT.encode(),
    "gift with CRLF": GIFT.replace("\n", "\r\n").encode(),
    "aiken": AIKEN.encode(),
    "moodle-xml": XML,
    "qti": QTI_ITEM,
    "qti package": package(
        a_xml=QTI_ITEM, imsmanifest_xml=b"<manifest><resource type='imsqti' href='a.xml'/></manifest>"
    ),
    "common-cartridge": QTI12,
    "cartridge": cartridge({"imsmanifest.xml": b"<manifest/>", "q/q.xml": QTI12}),
}
SPICE = [
    b"{",
    b"}",
    b"=",
    b"~",
    b"#",
    b"\\",
    b"\n",
    b"\n\n",
    b"::",
    b"%",
    b"->",
    b"//",
    b"\0",
    b"\xff",
    b"<",
    b">",
]
SPICE += [
    b"&",
    b"]]>",
    b"<![CDATA[",
    b"</question>",
    b'fraction="x"',
    b"1e999",
    b"NaN",
    b"-",
    b"..",
    b"$CATEGORY:",
    "é".encode(),
]
MUTANTS = 1_000


def mutated(data: bytes, draw: random.Random) -> bytes:
    for _ in range(draw.randint(1, 4)):
        place, length = draw.randrange(len(data) + 1), draw.randint(0, 30)
        match draw.randrange(5):
            case 0:
                data = data[:place] + data[place + length :]
            case 1:
                data = data[:place] + draw.choice(SPICE) + data[place:]
            case 2:
                data = data[:place] + data[place : place + length] * 2 + data[place + length :]
            case 3:
                data = data[:place] + bytes([draw.randrange(256)]) + data[place + 1 :]
            case _:
                data = data[:place]
    return data


def check(result: ReadResult) -> None:
    assert result.questions or result.errors or result.warnings or result.format
    for problem in (*result.errors, *result.warnings):
        assert problem.message and problem.line >= 0
    for question in result.questions:
        assert question.name
        assert all(-1 <= answer.fraction <= 1 for answer in question.answers)
        formats.describe(question)


@pytest.mark.parametrize("name", FILES)
def test_mutated_files_end_in_questions_or_errors(name):
    draw = random.Random(name)  # noqa: S311 - the same mutants in every run
    start = time.perf_counter()
    for _ in range(MUTANTS):
        result = formats.read(mutated(FILES[name], draw))
        check(result)
        for target in formats.WRITABLE if draw.random() < 0.1 else ():
            formats.write(result.questions, target, result.media)
    assert time.perf_counter() - start < 30


@pytest.mark.parametrize("name", FILES)
def test_a_file_cut_anywhere_is_read_up_to_there_or_refused(name):
    data = FILES[name]
    for end in range(0, len(data), max(1, len(data) // 60)):
        check(formats.read(data[:end]))


@pytest.mark.parametrize("format_", formats.READABLE)
def test_a_file_read_as_the_wrong_format_is_refused_or_reported(format_):
    for data in FILES.values():
        check(formats.read(data, format_))


cuts = st.tuples(st.integers(0, 10_000), st.integers(0, 60), st.sampled_from([*SPICE, b"", b"\r\n"]))


@pytest.mark.parametrize("format_", formats.READABLE)
@SETTINGS
@given(
    source=st.sampled_from(sorted(FILES)),
    changes=st.lists(cuts, min_size=1, max_size=8),
    raw=st.binary(max_size=200),
)
def test_every_reader_takes_whatever_hypothesis_makes_of_a_file(format_, source, changes, raw):
    data = FILES[source]
    for place, length, spice in changes:
        at = place % (len(data) + 1)
        data = data[:at] + spice + data[at + length :]
    for drawn in (data, raw, data[: len(data) // 2] + raw):
        check(formats.read(drawn, format_))
