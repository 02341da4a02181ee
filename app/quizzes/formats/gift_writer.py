"""Write questions as GIFT, so that Moodle and the reader here read the same questions again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.quizzes.formats.result import Draft, MediaFile
from app.quizzes.formats.weights import nearest_weight, percent
from app.quizzes.question import Answer, Question, QuestionType, Text, TextFormat

ESCAPED = str.maketrans(
    {
        "\\": "\\\\",
        "#": "\\#",
        "=": "\\=",
        "~": "\\~",
        "{": "\\{",
        "}": "\\}",
        ":": "\\:",
        "\n": "\\n",
        "\r": "",
    }
)
ARROW = "->"
IN_COMMENT = str.maketrans({"]": "\\]", "\n": " ", "\r": " "})


def write_gift(questions: Sequence[Question], media: Sequence[MediaFile] = ()) -> Draft:
    """Return the questions as one GIFT file; a question that GIFT has no words for is left out by name."""
    draft = Draft()
    category, parts = "", []
    for question in questions:
        reason = _unwritable(question)
        if reason:
            draft.leave_out(question, reason)
            continue
        if question.category != category:
            category = question.category
            parts.append("$CATEGORY: " + category.replace("\\", "\\\\").replace("\n", " ") + "\n")
        parts.append(_question(question))
        draft.written.append(question)
    draft.data = "\n".join(parts).encode()
    if media:
        draft.findings.warn(0, f"GIFT carries no files: {len(media)} images or other media are left out.")
    return draft


def _unwritable(question: Question) -> str:
    if question.type is QuestionType.MATCHING and any(ARROW in pair.stem.text for pair in question.pairs):
        return "GIFT cannot hold -> in the stem of a matching question"
    if question.type is QuestionType.SHORTANSWER and len(question.answers) > 1:
        texts = [text.text for answer in question.answers for text in (answer.text, answer.feedback)]
        if any(ARROW in text for text in texts):
            return "GIFT cannot hold -> in a short answer with several answers"
    return ""


def _question(question: Question) -> str:
    marks = [f"[id:{question.id.translate(IN_COMMENT)}]"] if question.id else []
    marks += [f"[tag:{tag.translate(IN_COMMENT)}]" for tag in question.tags]
    comment = f"// {' '.join(marks)}\n" if marks else ""
    head = f"::{question.name.translate(ESCAPED)}::{_text(question.text, TextFormat.MOODLE)}"
    if question.type is QuestionType.DESCRIPTION:
        return f"{comment}{head}\n"
    lines = list(_answers(question))
    if question.general_feedback:
        lines.append("####" + _text(question.general_feedback, question.text.format))
    opening = "{#" if question.type is QuestionType.NUMERICAL else "{"
    inside = "".join(f"\n\t{line}" for line in lines) + "\n" if len(lines) > 1 else "".join(lines)
    return f"{comment}{head} {opening}{inside}}}\n"


def _answers(question: Question) -> Iterator[str]:
    markup = question.text.format
    match question.type:
        case QuestionType.MULTICHOICE:
            has_equals = False
            for answer in question.answers:
                is_full = question.single and answer.fraction == 1
                # GIFT takes answers with = alone for a short answer, so a second right one is weighted.
                mark = "=" if is_full and not has_equals else "~" + _weight(answer, 0)
                has_equals = has_equals or is_full
                yield mark + _text(answer.text, markup) + _feedback(answer, markup)
        case QuestionType.TRUEFALSE:
            yield _true_false(question)
        case QuestionType.SHORTANSWER:
            # Without = a short answer may hold ->; with it GIFT would see a matching question.
            mark = "" if ARROW in "".join(a.text.text + a.feedback.text for a in question.answers) else "="
            for answer in question.answers:
                weight = _weight(answer, 1) or ("" if mark else "%100%")
                yield (
                    mark + weight + _text(Text(answer.text.text, markup), markup) + _feedback(answer, markup)
                )
        case QuestionType.NUMERICAL:
            for index, answer in enumerate(question.answers, 1):
                yield _number(answer, markup, is_last=index == len(question.answers) > 1)
        case QuestionType.MATCHING:
            for pair in question.pairs:
                yield f"={_text(pair.stem, markup)} {ARROW} {pair.answer.translate(ESCAPED)}"


def _true_false(question: Question) -> str:
    when_true, when_false = question.answers
    is_true = when_true.fraction == 1
    right, wrong = (when_true, when_false) if is_true else (when_false, when_true)
    line = "TRUE" if is_true else "FALSE"
    if wrong.feedback or right.feedback:
        line += "#" + _text(wrong.feedback, question.text.format)
    if right.feedback:
        line += "#" + _text(right.feedback, question.text.format)
    return line


def _number(answer: Answer, markup: TextFormat, is_last: bool) -> str:
    if answer.text.text == "*" and answer.fraction == 0 and is_last:
        return "~#" + _text(answer.feedback, markup)
    tolerance = f":{answer.tolerance:f}" if answer.tolerance else ""
    return "=" + _weight(answer, 1) + answer.text.text + tolerance + _feedback(answer, markup)


def _weight(answer: Answer, default: int) -> str:
    """Return `%50%`, or nothing where the default holds and the text cannot be taken for a weight."""
    if answer.fraction == default and not answer.text.text.startswith("%"):
        return ""
    return f"%{percent(nearest_weight(answer.fraction))}%"


def _feedback(answer: Answer, markup: TextFormat) -> str:
    return "#" + _text(answer.feedback, markup) if answer.feedback else ""


def _text(text: Text, default: TextFormat) -> str:
    """Return a text with the format mark that it needs where `default` holds."""
    needs_mark = text and (text.format is not default or text.text.startswith("["))
    return (f"[{text.format.value}]" if needs_mark else "") + text.text.translate(ESCAPED)
