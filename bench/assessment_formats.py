"""Measure how fast 10,000 questions are read and written in each format, and in how much memory."""

from __future__ import annotations

import multiprocessing
import re
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.quizzes import formats
from app.quizzes.question import (
    Answer,
    Pair,
    Question,
    QuestionType,
    Text,
    TextFormat,
    true_false_answers,
)

QUESTIONS = 10_000
MARKDOWN, PLAIN = TextFormat.MARKDOWN, TextFormat.PLAIN


def sample(number: int) -> Question:
    """Return one of five kinds of question in turn, about as long as a teacher's."""
    text = Text(
        f"A customer writes for the {number}th time that the report is *late*. What do you do first?",
        MARKDOWN,
    )
    note = Text("Look at what the customer needs by when, then promise only what you can keep.", MARKDOWN)
    common: dict[str, Any] = {
        "name": f"Question {number}",
        "text": text,
        "id": f"q-{number}",
        "tags": ("de-escalation",),
    }
    match number % 5:
        case 0:
            return Question(QuestionType.TRUEFALSE, answers=true_false_answers(True, note, note), **common)
        case 1:
            found = tuple(Answer(Text(words, PLAIN), 1.0, note) for words in ("Ask", "ask first", "listen*"))
            return Question(QuestionType.SHORTANSWER, answers=found, **common)
        case 2:
            value = Answer(Text(str(number), PLAIN), 1.0, note, Decimal("0.5"))
            return Question(QuestionType.NUMERICAL, answers=(value,), **common)
        case 3:
            pairs = tuple(Pair(Text(f"Signal {n}", MARKDOWN), f"Step {n}") for n in range(4))
            return Question(QuestionType.MATCHING, pairs=pairs, **common)
        case _:
            choices = [Answer(Text(f"Wrong step {n}", MARKDOWN), 0.0, note) for n in range(3)]
            answers = (Answer(Text("Ask by when", MARKDOWN), 1.0, note), *choices)
            return Question(QuestionType.MULTICHOICE, answers=answers, general_feedback=note, **common)


def peak_megabytes() -> float:
    """Return the most memory this process has held, in MB; 0 where the system does not say."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+)", status.read_text()) if status.exists() else None
    return int(found[1]) / 1024 if found else 0.0


def measure(format: str, queue: multiprocessing.Queue) -> None:
    """Write and read one format in a process of its own, so that its memory is its own."""
    questions = [sample(number) for number in range(QUESTIONS)]
    start = time.process_time()
    written = formats.write(questions, format)
    write_seconds = time.process_time() - start
    start = time.process_time()
    result = formats.read(written.data, format)
    queue.put(
        (
            len(result.questions),
            time.process_time() - start,
            write_seconds,
            len(written.data),
            peak_megabytes(),
        )
    )


def main() -> None:
    """Print a line per format, by processor time; writing includes reading back and comparing."""
    print(f"Question formats, {QUESTIONS:,} questions of five types")
    print(f"{'format':<12} {'read/s':>10} {'write/s':>10} {'file MB':>8} {'peak MB':>8}")
    context = multiprocessing.get_context("spawn")
    for format in formats.WRITABLE:
        queue = context.Queue()
        process = context.Process(target=measure, args=(format, queue))
        process.start()
        count, reading, writing, size, memory = queue.get(timeout=300)
        process.join()
        rates = f"{count / reading:>10,.0f} {count / writing:>10,.0f}"
        print(f"{format:<12} {rates} {size / 1e6:>8.1f} {memory:>8.0f}")


if __name__ == "__main__":
    main()
