"""Aiken is read as Moodle reads it, and what Moodle would drop is read or reported with its line."""

import pytest

from app.quizzes import formats

GOOD = "What sells?\nA) Fear\nB. Trust\nANSWER: B\n"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_questions_with_letters_and_answer_line(end):
    result = formats.read(("\ufeff" + GOOD + "\nSecond?\nA)x\nB)y\nANSWER: A").replace("\n", end).encode())
    assert result.format == "aiken" and not result.errors and not result.warnings
    assert [(q.name, q.single, q.line) for q in result.questions] == [
        ("What sells?", True, 1),
        ("Second?", True, 6),
    ]
    assert [(a.text.text, a.fraction) for a in result.questions[0].answers] == [("Fear", 0), ("Trust", 1)]


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("One choice\nA) x\nANSWER: A", 3, "two choices"),
        ("Small choices\na) x\nb) y\nANSWER: A", 4, "as capitals"),
        ("A) x", 1, "without a question"),
        ("ANSWER: A", 1, "without a question"),
        ("No answer\nA) x\nB) y", 1, "no ANSWER:"),
        ("Small letters\nA) x\nB) y\nanswer: B", 1, "in capitals"),
        ("Wrong key\nA) x\nB) y\nANSWER: C", 4, "names no choice"),
        ("Empty choice\nA) x\nB)\nANSWER: A", 4, "no text"),
    ],
)
def test_a_malformed_question_costs_only_itself(source, line, words):
    result = formats.read(f"{GOOD}\n{source}\n\n{GOOD}".encode(), "aiken")
    assert [question.name for question in result.questions] == ["What sells?", "What sells?"]
    assert any(error.line == line + 5 and words in error.message for error in result.errors)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("Two\nlines\nA) x\nB) y\nANSWER: A", "several lines"),
        ("Order\nB) x\nA) y\nANSWER: A", "not lettered"),
        ("Several\nA) x\nB) y\nANSWER: A, B", "one letter"),
    ],
)
def test_what_moodle_reads_otherwise_is_a_warning(source, words):
    result = formats.read(source.encode(), "aiken")
    assert len(result.questions) == 1 and not result.errors
    assert words in result.warnings[0].message
