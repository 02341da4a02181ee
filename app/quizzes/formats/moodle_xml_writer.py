"""Write questions as Moodle XML, with the files that they show embedded."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from app.quizzes.formats.gift_answers import plain_number
from app.quizzes.formats.media import media_names
from app.quizzes.formats.moodle_xml_reader import TYPES
from app.quizzes.formats.result import Draft, MediaFile
from app.quizzes.formats.weights import nearest_weight, percent
from app.quizzes.formats.xml_text import possible
from app.quizzes.question import Answer, Question, QuestionType, Text, TextFormat

TYPE_NAMES = {kind: name for name, kind in TYPES.items()}
MARKUP_NAMES = {
    TextFormat.HTML: "html",
    TextFormat.MARKDOWN: "markdown",
    TextFormat.PLAIN: "plain_text",
    TextFormat.MOODLE: "moodle_auto_format",
}
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'


def write_moodle_xml(questions: Sequence[Question], media: Sequence[MediaFile] = ()) -> Draft:
    """Return the questions as one Moodle XML file; files that are referred to but not given are named."""
    draft = Draft(written=list(questions))
    writer = _Writer({file.name: file.data for file in media})
    parts = [HEAD]
    category = ""
    for question in questions:
        if question.category != category:
            category = question.category
            parts.append(f'<question type="category"><category>{_words(category)}</category></question>\n')
        parts.append(writer.question(question))
        for name in media_names(question):
            if name not in writer.media:
                draft.findings.warn(0, f"“{question.name}” shows the file “{name}”, which is not written.")
    parts.append("</quiz>\n")
    draft.data = "".join(parts).encode()
    return draft


class _Writer:
    """Write elements; embed the media that a text refers to beside it."""

    def __init__(self, media: dict[str, bytes]) -> None:
        self.media = media

    def question(self, question: Question) -> str:
        """Return one question element."""
        mark = Decimal(0) if question.type is QuestionType.DESCRIPTION else question.default_mark
        lines = [
            f'<question type="{TYPE_NAMES[question.type]}">',
            f"<name>{_words(question.name)}</name>",
            self._text("questiontext", question.text),
            self._text("generalfeedback", question.general_feedback),
            f"<defaultgrade>{plain_number(mark)}</defaultgrade>",
            f"<idnumber>{_clean(question.id)}</idnumber>",
            *self._of_type(question),
        ]
        if question.tags:
            lines.append("<tags>" + "".join(f"<tag>{_words(tag)}</tag>" for tag in question.tags) + "</tags>")
        return "\n  ".join(lines) + "\n</question>\n"

    def _of_type(self, question: Question) -> Iterator[str]:
        markup = question.text.format
        match question.type:
            case QuestionType.MULTICHOICE:
                yield f"<single>{str(question.single).lower()}</single>"
                yield f"<shuffleanswers>{str(question.shuffle).lower()}</shuffleanswers>"
                yield "<answernumbering>abc</answernumbering>"
                yield from self._combined(question)
                for answer in question.answers:
                    yield self._answer(answer, markup, self._inner(answer.text), answer.text.format)
            case QuestionType.TRUEFALSE:
                for answer, word in zip(question.answers, ("true", "false"), strict=True):
                    yield self._answer(answer, markup, _words(word))
            case QuestionType.SHORTANSWER:
                yield f"<usecase>{int(question.case_sensitive)}</usecase>"
                for answer in question.answers:
                    yield self._answer(answer, markup, _words(answer.text.text))
            case QuestionType.NUMERICAL:
                for answer in question.answers:
                    tolerance = f"<tolerance>{plain_number(answer.tolerance or Decimal(0))}</tolerance>"
                    yield self._answer(answer, markup, _words(answer.text.text) + tolerance)
            case QuestionType.MATCHING:
                yield f"<shuffleanswers>{str(question.shuffle).lower()}</shuffleanswers>"
                yield from self._combined(question)
                for pair in question.pairs:
                    answer_ = f"<answer>{_words(pair.answer)}</answer>"
                    yield f"<subquestion{_format(pair.stem)}>{self._inner(pair.stem)}{answer_}</subquestion>"
            case QuestionType.ESSAY:
                yield "<responseformat>editor</responseformat>"
                yield self._text("graderinfo", question.marker_notes)
                yield self._text("responsetemplate", question.response_template)

    def _combined(self, question: Question) -> Iterator[str]:
        yield self._text("correctfeedback", question.correct_feedback)
        yield self._text("partiallycorrectfeedback", question.partial_feedback)
        yield self._text("incorrectfeedback", question.incorrect_feedback)

    def _answer(self, answer: Answer, markup: TextFormat, inner: str, own: TextFormat | None = None) -> str:
        fraction = percent(nearest_weight(answer.fraction))
        feedback = self._text("feedback", answer.feedback)
        return (
            f'<answer fraction="{fraction}" format="{MARKUP_NAMES[own or markup]}">{inner}{feedback}</answer>'
        )

    def _text(self, tag: str, text: Text) -> str:
        return f"<{tag}{_format(text)}>{self._inner(text)}</{tag}>"

    def _inner(self, text: Text) -> str:
        shown = Question(QuestionType.DESCRIPTION, "", text)
        files = "".join(self._file(name) for name in media_names(shown) if name in self.media)
        return _words(text.text) + files

    def _file(self, name: str) -> str:
        folder, _, own = name.rpartition("/")
        content = base64.b64encode(self.media[name]).decode()
        path = quoteattr(f"/{folder}/" if folder else "/")
        return f'<file name={quoteattr(own)} path={path} encoding="base64">{content}</file>'


def _format(text: Text) -> str:
    return f' format="{MARKUP_NAMES[text.format]}"'


def _words(text: str) -> str:
    return f"<text>{_clean(text)}</text>"


def _clean(text: str) -> str:
    return escape(possible(text), {"\r": "&#13;"})
