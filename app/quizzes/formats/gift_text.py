"""The text of one GIFT question: escapes hidden, every position traceable to its line and column."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from app.quizzes.formats.result import QuestionMalformed
from app.quizzes.formats.source import BLANKS
from app.quizzes.question import Text, TextFormat

MARKUPS = {markup.value: markup for markup in TextFormat}
ESCAPE = re.compile(r"\\([\\:#={}~n])")


@dataclass(frozen=True, slots=True)
class Line:
    """Hold one line without the blanks around it.

    `mask` hides what a backslash escapes; a comment is a line that Moodle leaves out.
    """

    number: int
    text: str
    indent: int
    mask: str
    is_comment: bool


@dataclass(slots=True)
class Block:
    """Hold the source of one question as Moodle joins it, with the way back to lines and columns.

    `text` has a single space for each comment line. `mask` is the same with every escaped pair hidden, so
    that positions found in the one hold in the other.
    """

    lines: list[Line]
    category: str = ""
    text: str = field(init=False)
    mask: str = field(init=False)
    starts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.text = "\n".join(" " if line.is_comment else line.text for line in self.lines)
        self.mask = "\n".join(" " if line.is_comment else line.mask for line in self.lines)
        self.starts = []
        place = 0
        for line in self.lines:
            self.starts.append(place)
            place += (1 if line.is_comment else len(line.text)) + 1

    def place(self, position: int) -> tuple[int, int]:
        """Return the line and column, from 1, of a position in `text`."""
        index = bisect_right(self.starts, position) - 1
        line = self.lines[index]
        return line.number, line.indent + position - self.starts[index] + 1


def mask_escapes(text: str) -> str:
    """Return the text with each escaped pair replaced by two characters that mean nothing in GIFT."""
    return ESCAPE.sub("\0\0", text) if "\\" in text else text


def unescape(text: str) -> str:
    """Return the text with each escaped pair replaced by the character it stands for; `\\n` is a new line."""
    if "\\" not in text:
        return text
    return ESCAPE.sub(lambda found: "\n" if found[1] == "n" else found[1], text)


def split_markup(raw: str, default: TextFormat) -> tuple[TextFormat, str]:
    """Return the markup that `[html]` and its like give, else the default, and the rest of the text."""
    if raw.startswith("["):
        named = MARKUPS.get(raw[1 : raw.find("]")])
        if named is not None:
            return named, raw[raw.find("]") + 1 :]
    return default, raw


def formatted(raw: str, default: TextFormat) -> Text:
    """Return the text that is written, without escapes and format mark."""
    markup, rest = split_markup(raw, default)
    return Text(unescape(rest).strip(BLANKS), markup)


@dataclass(frozen=True, slots=True)
class Span:
    """Point to a part of a block, without the blanks at its ends."""

    block: Block
    start: int
    end: int

    @classmethod
    def of(cls, block: Block, start: int, end: int) -> Span:
        """Return the part between two positions, trimmed."""
        text = block.text
        while start < end and text[start] in BLANKS:
            start += 1
        while end > start and text[end - 1] in BLANKS:
            end -= 1
        return cls(block, start, end)

    def __bool__(self) -> bool:
        return self.start < self.end

    @property
    def raw(self) -> str:
        """Return the text as it is written."""
        return self.block.text[self.start : self.end]

    @property
    def mask(self) -> str:
        """Return the text with escaped characters hidden."""
        return self.block.mask[self.start : self.end]

    def find(self, mark: str) -> int:
        """Return the position in the block of an unescaped mark, -1 when there is none."""
        return self.block.mask.find(mark, self.start, self.end)

    def part(self, start: int, end: int | None = None) -> Span:
        """Return a trimmed part of this one, by positions in the block."""
        return Span.of(self.block, start, self.end if end is None else end)

    def split(self, mark: str) -> list[Span]:
        """Return the trimmed parts between unescaped marks, without an empty first one, as Moodle does."""
        parts, start = [], self.start
        for bit in self.mask.split(mark):
            parts.append(self.part(start, start + len(bit)))
            start += len(bit) + len(mark)
        return parts if parts[0] else parts[1:]

    def malformed(self, message: str) -> QuestionMalformed:
        """Return the error that names this place."""
        return QuestionMalformed(message, *self.block.place(self.start))
