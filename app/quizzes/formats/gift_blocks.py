"""Cut a GIFT file into its questions.

Moodle takes everything between two blank lines as one question (question/format.php, `readquestions`). A
missing blank line there makes one question swallow the next, and a blank line too many breaks one in two.
Here both are seen: questions run together are read apart with a warning, and a broken one is reported once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.quizzes.formats.gift_text import Block, Line, mask_escapes, unescape
from app.quizzes.formats.result import Findings
from app.quizzes.formats.source import BLANKS

CATEGORY = "$CATEGORY:"
NAME = re.compile(r"::.*?::")
ID_COMMENT = re.compile(r"//.*\[id:")
BRACE = re.compile(r"[{}]")
ENDS_ANSWERS = re.compile(r"\}[.!?,;:)\s]*\Z")
FARTHEST_BRACE = 20


def cut(source: list[str], findings: Findings) -> Iterator[Block]:
    """Yield the questions of a file in order, each with the category in force."""
    category = ""
    paragraphs = _whole(list(_paragraphs(source, findings)), findings)
    for lines in paragraphs:
        for piece in _apart(lines, findings):
            first = next((line for line in piece if not line.is_comment), None)
            if first is None:
                _warn_of_lost_id(piece, findings)
            elif first.text.startswith(CATEGORY):
                category = unescape(first.text[len(CATEGORY) :].strip(BLANKS))
            else:
                yield Block(piece, category)


def _paragraphs(source: list[str], findings: Findings) -> Iterator[list[Line]]:
    """Group the lines between blank ones."""
    lines: list[Line] = []
    for number, raw in enumerate(source, 1):
        left = raw.lstrip(BLANKS)
        text = left.rstrip(BLANKS)
        if text:
            if text == "0":
                findings.warn(
                    number, "Moodle takes a line that is only 0 for a blank line; write it another way."
                )
            lines.append(Line(number, text, len(raw) - len(left), mask_escapes(text), text.startswith("//")))
        elif lines:
            yield lines
            lines = []
    if lines:
        yield lines


def _whole(paragraphs: list[list[Line]], findings: Findings) -> Iterator[list[Line]]:
    """Yield the paragraphs; report a question that a blank line cuts in two, once, and leave it out."""
    index = 0
    while index < len(paragraphs):
        lines = paragraphs[index]
        index += 1
        opened = _unclosed(lines)
        if opened is None:
            yield lines
            continue
        start, line, column = opened
        if start:
            yield lines[:start]
        end = _closing(paragraphs, index)
        if end is None:
            broken = lines[start:]
            message = "This { has no closing }. Add } after the last answer"
            if index < len(paragraphs):
                message += f", before the blank line {broken[-1].number + 1}"
            findings.error(line, message + ".", column)
            continue
        blank = lines[-1].number + 1
        findings.error(
            line,
            f"Line {blank} is blank and cuts these answers off. Remove it: a blank line ends a question.",
            column,
        )
        paragraph, after = end
        rest = paragraphs[paragraph][after:]
        index = paragraph + 1
        if rest:
            paragraphs[paragraph] = rest
            index = paragraph


def _unclosed(lines: list[Line]) -> tuple[int, int, int] | None:
    """Return (index of the question's first line, line, column) of a last { that is never closed."""
    start, opened = 0, None
    for index, line in enumerate(lines):
        if line.is_comment:
            continue
        if opened is not None and _begins_new(line):
            return None  # _apart sees this one
        for brace in BRACE.finditer(line.mask):
            if brace.group() == "}":
                opened = None
            elif opened is None:
                opened = (line.number, line.indent + brace.start() + 1)
        if opened is None and ENDS_ANSWERS.search(line.mask):
            start = index + 1
    return None if opened is None else (start, *opened)


def _closing(paragraphs: list[list[Line]], index: int) -> tuple[int, int] | None:
    """Return (paragraph, index of the next line) of the } that ends a question cut by blank lines."""
    for ahead in range(index, min(index + FARTHEST_BRACE, len(paragraphs))):
        for number, line in enumerate(paragraphs[ahead]):
            if _begins_new(line) or ID_COMMENT.match(line.text):
                return None
            brace = None if line.is_comment else BRACE.search(line.mask)
            if brace is not None:
                return (ahead, number + 1) if brace.group() == "}" else None
    return None


def _begins_new(line: Line) -> bool:
    return line.text[:1] in "$:" and (line.text.startswith(CATEGORY) or NAME.match(line.mask) is not None)


def _apart(lines: list[Line], findings: Findings) -> Iterator[list[Line]]:
    """Yield the questions of one paragraph: one, unless blank lines are missing."""
    piece: list[Line] = []
    content = 0
    is_open = is_answered = is_category = has_id = False
    last_brace = max((index for index, line in enumerate(lines) if "{" in line.mask), default=-1)
    for index, line in enumerate(lines):
        if line.is_comment:
            if ID_COMMENT.match(line.text):
                if has_id and content and not is_open:
                    yield _cut_off(piece, line, "question", findings)
                    piece, content, is_answered, is_category = [], 0, False, False
                has_id = True
            piece.append(line)
            continue
        begins = content and (
            _begins_new(line) or is_category or (is_answered and index <= last_brace and not is_open)
        )
        if begins:
            moved = _trailing_comments(piece)
            if is_open:
                findings.error(
                    piece[-1].number,
                    f"These answers have no closing }} before line {line.number}, where another question "
                    "begins. Add } and a blank line.",
                    piece[-1].indent + len(piece[-1].text) + 1,
                )
            else:
                yield _cut_off(piece, line, "category" if is_category else "question", findings)
            piece = moved
            content, is_open, is_answered = 0, False, False
            has_id = any(ID_COMMENT.match(comment.text) for comment in piece)
        piece.append(line)
        content += 1
        is_category = line.text.startswith(CATEGORY) and content == 1
        for brace in BRACE.finditer(line.mask):
            is_open = brace.group() == "{"
        if not is_open and ENDS_ANSWERS.search(line.mask):
            is_answered = True
    if piece:
        yield piece


def _trailing_comments(piece: list[Line]) -> list[Line]:
    """Take the comments at the end of a piece away from it: they belong to the next question."""
    count = len(piece)
    while count and piece[count - 1].is_comment:
        count -= 1
    moved = piece[count:]
    del piece[count:]
    return moved


def _cut_off(piece: list[Line], line: Line, kind: str, findings: Findings) -> list[Line]:
    if kind == "category":
        message = (
            "A blank line is missing after $CATEGORY; Moodle would take this question for part of the "
            "category's name. It is read as a question here. Add a blank line before it."
        )
    else:
        message = (
            "A blank line is missing before this question; Moodle would take it for part of the one above. "
            "It is read as a question of its own here. Add a blank line before it."
        )
    findings.warn(line.number, message, line.indent + 1)
    return piece


def _warn_of_lost_id(comments: list[Line], findings: Findings) -> None:
    for line in comments:
        if ID_COMMENT.match(line.text):
            findings.warn(
                line.number,
                "This [id:…] names no question: a blank line follows. Put it right above its question.",
                line.indent + 1,
            )
