"""Read what stands between the braces of a GIFT question: its type and its answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from app.quizzes.formats.gift_text import Span, formatted, unescape
from app.quizzes.formats.result import MAX_ANSWERS
from app.quizzes.formats.source import BLANKS
from app.quizzes.formats.weights import match_weight, nearest_weight, percent
from app.quizzes.question import Answer, Pair, Question, QuestionType, Text, TextFormat, true_false_answers

WEIGHT = re.compile(r"%-*[0-9]{1,2}\.?[0-9]*%")
NEARLY_WEIGHT = re.compile(r"%\s*[-+]?[\d.,]+\s*%?(?=\D|\Z)")
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?\Z", re.ASCII)
INSIDE_ADDRESS = re.compile(r"(?:[?&][\w.-]+|<[a-zA-Z][^<>]*\s[\w-]+)\Z")
MARK = re.compile(r"[~=]")
CLOZE = re.compile(r"\d*:(?:SHORTANSWER|SA|MW|NUMERICAL|NM|MULTICHOICE|MULTIRESPONSE|MC|MR)[A-Z_]*:")
TRUE, FALSE = ("T", "TRUE"), ("F", "FALSE")
ANY = "*"


class GiftAnswers:
    """Read the answers of one question; `warn` takes the place and what the author should know."""

    def __init__(self, markup: TextFormat, warn: Callable[[Span, str], None]) -> None:
        self.markup = markup
        self._warn = warn

    def typed(self, question: Question, answers: Span) -> Question:
        mask = answers.mask
        if mask.count("~") + mask.count("=") > MAX_ANSWERS:
            raise answers.malformed(f"More than {MAX_ANSWERS} answers. Split the question.")
        if not answers:
            return replace(question, type=QuestionType.ESSAY)
        if CLOZE.match(mask):
            raise answers.malformed(
                "A cloze question (embedded answers), which Tandem does not ask. Make one question per gap."
            )
        if mask.startswith("#"):
            return self._numerical(question, answers)
        if "~" in mask:
            return self._multichoice(question, answers)
        if "=" in mask and "->" in mask:
            return self._matching(question, answers)
        key = answers.part(answers.start, None if mask.find("#") <= 0 else answers.find("#")).raw
        if key in TRUE + FALSE:
            return self._truefalse(question, answers, key in TRUE)
        if key.upper() in TRUE[1:] + FALSE[1:]:
            self._warn(
                answers,
                f"Read as a short answer, as in Moodle. Write {key.upper()} for a true/false question.",
            )
        return self._shortanswer(question, answers)

    def _multichoice(self, question: Question, answers: Span) -> Question:
        found = []
        start, is_right = answers.start, False
        mask = answers.block.mask
        marks = [found.start() for found in MARK.finditer(mask, answers.start, answers.end)]
        for place in [*marks, answers.end]:
            answer = answers.part(start, place)
            if place == marks[0]:
                if answer:
                    self._warn(
                        answer, "Text before the first ~ or = is read as a wrong answer, as in Moodle."
                    )
                    found.append(self._answer(answer, 0.0))
            elif is_right or answer:
                found.append(self._choice(answer, is_right))
            elif mask[place : place + 1] != "=":
                self._warn(answers.part(start - 1), "An empty answer is left out.")
            is_right = mask[place : place + 1] == "="
            if is_right:
                self._warn_of_split_address(answers, start, place)
            start = place + 1
        kept = tuple(answer for answer in found if answer.text)
        if len(kept) < len(found):
            self._warn(answers, "An answer without text is left out, as in Moodle.")
        if len(kept) < 2:
            raise answers.malformed("A multiple choice needs two answers or more. Add ~ and a wrong answer.")
        single = "=" in answers.mask
        if single and not any(answer.fraction == 1 for answer in kept):
            raise answers.malformed("No answer gives the full mark: the text after = is empty.")
        total = sum(answer.fraction for answer in kept if answer.fraction > 0)
        if not single and round(total, 2) != 1:
            self._warn(
                answers,
                f"The right answers add up to {percent(total)} %, not 100 %. Change the weights, or mark "
                "the right answer with =.",
            )
        return replace(question, type=QuestionType.MULTICHOICE, answers=kept, single=single)

    def _choice(self, answer: Span, is_right: bool) -> Answer:
        if not is_right:
            return self._answer(answer, 0.0)
        if WEIGHT.match(answer.mask):
            self._warn(
                answer,
                "In a multiple choice, = gives the full mark and a weight after it stays in the text, as in "
                "Moodle. Write ~%…% for part of the mark.",
            )
        return self._answer(answer, 1.0, may_weigh=False)

    def _warn_of_split_address(self, answers: Span, start: int, place: int) -> None:
        if INSIDE_ADDRESS.search(answers.block.text[max(start, place - 400) : place]):
            self._warn(
                answers.part(place),
                "This = begins a right answer, as in Moodle. In an address or a tag write \\=.",
            )

    def _answer(self, answer: Span, fraction: float, may_weigh: bool = True) -> Answer:
        """Return an answer from `%weight%text#feedback`."""
        if may_weigh:
            fraction, answer = self._weight(answer, fraction)
        mark = answer.find("#")
        if mark < 0:
            return Answer(formatted(answer.raw, self.markup), fraction, Text("", self.markup))
        if answer.block.text[mark - 1 : mark] == "&" and mark > answer.start:
            self._warn(
                answer.part(mark),
                "This # begins the feedback, as in Moodle. In an entity such as &#39; write \\#.",
            )
        feedback = answer.part(mark + 1)
        return Answer(
            formatted(answer.part(answer.start, mark).raw, self.markup),
            fraction,
            formatted(feedback.raw, self.markup),
        )

    def _weight(self, answer: Span, default: float) -> tuple[float, Span]:
        found = WEIGHT.match(answer.mask)
        if found is None:
            if NEARLY_WEIGHT.match(answer.mask):
                self._warn(
                    answer,
                    "This is not a weight, so it stays in the text. A weight is written %50% or %33.333%.",
                )
            return default, answer
        try:
            written = float(found.group()[1:-1]) / 100
        except ValueError:
            raise answer.malformed(
                f"{found.group()} is not a weight. Write for instance %50% or %-25%."
            ) from None
        matched = match_weight(written)
        if matched is None:
            raise answer.malformed(
                f"{found.group()} is not a weight that Moodle knows. The nearest is "
                f"%{percent(nearest_weight(written))}%."
            )
        fraction, is_exact = matched
        if not is_exact:
            self._warn(
                answer,
                f"{found.group()} is read as %{percent(fraction)}%. Write that: Moodle may refuse yours.",
            )
        return fraction, answer.part(answer.start + found.end())

    def _matching(self, question: Question, answers: Span) -> Question:
        pairs = []
        for pair in answers.split("="):
            mark = pair.find("->")
            if mark < 0:
                raise pair.malformed(
                    "A pair of a matching question is written =stem -> answer; the -> is missing."
                )
            stem = formatted(pair.part(pair.start, mark).raw, self.markup)
            match = unescape(pair.part(mark + 2).raw).strip(BLANKS)
            if not match and not stem:
                self._warn(pair, "A pair with nothing on either side of -> is left out, as in Moodle.")
                continue
            if not match:
                raise pair.malformed("Nothing stands after ->. Write =stem -> answer.")
            pairs.append(Pair(stem, match))
        if len(pairs) < 2:
            raise answers.malformed("A matching question needs two pairs or more. Add =stem -> answer.")
        if not any(pair.stem for pair in pairs):
            raise answers.malformed("No pair of this matching question has a stem before ->.")
        return replace(question, type=QuestionType.MATCHING, pairs=tuple(pairs))

    def _truefalse(self, question: Question, answers: Span, is_true: bool) -> Question:
        bits = [Text("", self.markup)] * 2
        rest = answers
        for index in range(2):
            mark = rest.find("#")
            if mark < 0:
                break
            rest = rest.part(mark + 1)
            end = rest.find("#") if index == 0 else -1
            bits[index] = formatted(rest.part(rest.start, None if end < 0 else end).raw, self.markup)
        wrong, right = bits
        pair = (right, wrong) if is_true else (wrong, right)
        return replace(question, type=QuestionType.TRUEFALSE, answers=true_false_answers(is_true, *pair))

    def _shortanswer(self, question: Question, answers: Span) -> Question:
        found = [self._answer(answer, 1.0) for answer in answers.split("=")]
        kept = tuple(
            replace(answer, text=Text(answer.text.text, TextFormat.PLAIN)) for answer in found if answer.text
        )
        if not kept:
            raise answers.malformed("A short answer needs an answer. Write {=answer}.")
        if len(kept) < len(found):
            self._warn(answers, "An answer without text is left out, as in Moodle.")
        if not any(answer.fraction == 1 for answer in kept):
            raise answers.malformed("No answer gives the full mark. Write one without a weight: =answer.")
        return replace(question, type=QuestionType.SHORTANSWER, answers=kept)

    def _numerical(self, question: Question, answers: Span) -> Question:
        inner = answers.part(answers.start + 1)
        wrong = inner.find("~")
        right = inner if wrong < 0 else inner.part(inner.start, wrong)
        parts = right.split("=")
        if not parts:
            raise answers.malformed(
                "A numerical question needs a number after #, for instance {#42} or {#42:1}."
            )
        if right.raw == "0":
            self._warn(right, "Moodle refuses {#0}. Write {#=0}.")
        found = [self._number(part) for part in parts]
        if wrong >= 0:
            feedback = inner.block.mask.find("#", wrong, inner.end)
            note = (
                Text("", self.markup)
                if feedback < 0
                else formatted(inner.part(feedback + 1).raw, self.markup)
            )
            if inner.part(wrong + 1, None if feedback < 0 else feedback):
                self._warn(
                    inner.part(wrong),
                    "After ~ a numerical question takes only the feedback for other answers: ~#….",
                )
            found.append(Answer(Text(ANY, TextFormat.PLAIN), 0.0, note, Decimal(0)))
        if not any(answer.fraction == 1 for answer in found):
            self._warn(answers, "No answer gives the full mark.")
        return replace(question, type=QuestionType.NUMERICAL, answers=tuple(found))

    def _number(self, part: Span) -> Answer:
        answer = self._answer(part, 1.0)
        written = answer.text.text
        if written == ANY:
            return replace(answer, text=Text(ANY, TextFormat.PLAIN), tolerance=Decimal(0))
        if written.find("..") > 0:
            low, high = (_number(part, bit) for bit in written.split("..", 1))
            if low > high:
                raise part.malformed(f"The range {written} runs backwards. Write {high}..{low}.")
            value, tolerance = (low + high) / 2, (high - low) / 2
        elif written.find(":") > 0:
            value, tolerance = (_number(part, bit) for bit in written.split(":", 1))
        else:
            value, tolerance = _number(part, written), Decimal(0)
        if tolerance < 0:
            raise part.malformed("A tolerance cannot be below zero.")
        return replace(answer, text=Text(plain_number(value), TextFormat.PLAIN), tolerance=tolerance)


def _number(part: Span, written: str) -> Decimal:
    written = written.strip(BLANKS)
    if NUMBER.match(written):
        return Decimal(written)
    shown = written if len(written) <= 40 else written[:40] + "…"
    dotted = written.replace(",", ".")
    mend = f"Write {dotted}." if NUMBER.match(dotted) else "Write for instance 42, 3.14:0.01 or 1..5."
    raise part.malformed(f"“{shown}” is not a number. {mend}")


def plain_number(value: Decimal) -> str:
    """Return a number without needless zeros: `3.1415`, `1822`, `1E+30`."""
    normal = value.normalize()
    return format(normal, "f") if -12 <= normal.adjusted() <= 15 else str(normal)
