"""Question names as Moodle keeps and makes them."""

from __future__ import annotations

import re

from app.quizzes.formats.source import BLANKS

LONGEST_NAME = 255
GENERATED_LENGTH = 80
DEFAULT_NAME = "Question name"
TAG = re.compile(r"<(?=[a-zA-Z/!?])[^<>]*(?:>|\Z)")
LONGEST_CLEANED = 4_000
CUT_AFTER = re.compile(r".*[ .]", re.DOTALL)


def clean_name(name: str) -> str:
    """Return a name without tags, on one line, no longer than Moodle's 255 characters."""
    plain = name[:LONGEST_CLEANED]
    while (without := TAG.sub("", plain)) != plain:
        plain = without
    plain = " ".join(plain.strip(BLANKS).split())
    return plain if len(plain) <= LONGEST_NAME else shorten(plain, 251)


def name_from_text(text: str) -> str:
    """Return the name that Moodle gives a question without one: the start of its text."""
    plain = " ".join(TAG.sub("", text[: 20 * GENERATED_LENGTH]).split())
    return shorten(plain, GENERATED_LENGTH) or DEFAULT_NAME


def shorten(text: str, longest: int) -> str:
    """Return a text cut after a word, with `...`, when it is longer than `longest` characters."""
    if len(text) <= longest:
        return text
    head = text[: longest - 3]
    words = CUT_AFTER.match(head)
    return (words.group() if words else head) + "..."
