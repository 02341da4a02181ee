"""Read Moodle XML, the format in which Moodle exports everything a question has.

Element names and defaults follow Moodle's own reader (question/format/xml/format.php): a text is HTML unless
it says otherwise, answers and feedback take the markup of the question's text.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from app.quizzes.formats import judging
from app.quizzes.formats.media import HERE, MediaBag, change_references, media_names, plain_name
from app.quizzes.formats.names import clean_name, name_from_text
from app.quizzes.formats.notes import Notes
from app.quizzes.formats.result import (
    MAX_QUESTION_CHARACTERS,
    MAX_QUESTIONS,
    Findings,
    QuestionMalformed,
    ReadResult,
    UnreadableFile,
)
from app.quizzes.formats.source import BLANKS
from app.quizzes.formats.xml_tree import Node, stream
from app.quizzes.question import (
    NO_TEXT,
    Answer,
    Pair,
    Question,
    QuestionType,
    Text,
    TextFormat,
    true_false_answers,
)

FORMAT = "moodle-xml"
TYPES = {
    "multichoice": QuestionType.MULTICHOICE,
    "truefalse": QuestionType.TRUEFALSE,
    "shortanswer": QuestionType.SHORTANSWER,
    "numerical": QuestionType.NUMERICAL,
    "match": QuestionType.MATCHING,
    "matching": QuestionType.MATCHING,
    "essay": QuestionType.ESSAY,
    "description": QuestionType.DESCRIPTION,
}
NOT_ASKED = {
    "cloze": "a cloze question (embedded answers)",
    "multianswer": "a cloze question (embedded answers)",
    "calculated": "a calculated question",
    "calculatedsimple": "a calculated question",
    "calculatedmulti": "a calculated multiple-choice question",
    "ddwtos": "a drag-and-drop into text question",
    "ddimageortext": "a drag-and-drop onto image question",
    "ddmarker": "a drag-and-drop markers question",
    "gapselect": "a select-missing-words question",
    "randomsamatch": "a random short-answer matching question",
    "ordering": "an ordering question",
}
MARKUPS = {
    "html": TextFormat.HTML,
    "markdown": TextFormat.MARKDOWN,
    "plain_text": TextFormat.PLAIN,
    "plain": TextFormat.PLAIN,
    "moodle_auto_format": TextFormat.MOODLE,
}
DEFAULT_PENALTIES = ("", "0", "0.3333333", "0.1", "1")
NOT_KEPT = {
    "hint": "Hints",
    "units": "Units of numerical answers",
    "coursetags": "Course tags",
    "responsefileslist": "File answers to essays",
}


def read_moodle_xml(data: bytes) -> ReadResult:
    """Return the questions of a Moodle XML file, with the files embedded in it.

    Raises UnreadableFile when the document is hostile or holds too many questions.
    """
    findings = Findings()
    reader = _Reader(findings)
    questions: list[Question] = []
    for node in stream(data, "question", findings):
        try:
            question = reader.question(node)
        except QuestionMalformed as malformed:
            findings.error(malformed.problem.line, malformed.problem.message)
            continue
        if question is None:
            continue
        if len(questions) == MAX_QUESTIONS:
            raise UnreadableFile(f"The file holds more than {MAX_QUESTIONS} questions. Split it.", node.line)
        questions.append(question)
    reader.notes.report(findings)
    reader.media.warn_of_missing(questions)
    return ReadResult(
        FORMAT, tuple(questions), tuple(findings.errors), tuple(findings.warnings), reader.media.all()
    )


class _Reader:
    """Read question elements one after the other; the category holds until the next."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.media = MediaBag(findings)
        self.notes = Notes()
        self.category = ""

    def question(self, node: Node) -> Question | None:
        """Return the question, or None for a category or a type that is not asked."""
        kind = node.get("type")
        if kind == "category":
            self.category = _words(node.find("category"))
            if (about := node.find("info")) is not None and _words(about):
                self.notes.add("Descriptions of categories are not kept", node.line)
            return None
        stem = node.find("questiontext")
        text = self._with_old_image(node, self._text(stem, TextFormat.HTML))
        name = clean_name(_words(node.find("name"))) or name_from_text(text.text)
        if kind not in TYPES:
            what = NOT_ASKED.get(kind, f"of the type “{kind[:40]}”" if kind else "of no type")
            self.findings.warn(node.line, f"“{name}” is {what}, which Tandem does not ask; it is left out.")
            return None
        if len(text.text) > MAX_QUESTION_CHARACTERS:
            raise QuestionMalformed(
                f"“{name}” is longer than {MAX_QUESTION_CHARACTERS} characters.", node.line
            )
        markup = _markup(stem, TextFormat.HTML)
        question = Question(
            type=TYPES[kind],
            name=name,
            text=text,
            default_mark=self._mark(node, kind),
            general_feedback=self._text(node.find("generalfeedback"), markup),
            id=_value(node, "idnumber"),
            tags=tuple(dict.fromkeys(filter(None, (_words(tag) for tag in _inside(node, "tags", "tag"))))),
            category=self.category,
            line=node.line,
        )
        for tag, words in NOT_KEPT.items():
            if (found := node.find(tag)) is not None and found.all_text.strip():
                self.notes.add(f"{words} are not kept", node.line)
        self._note_settings(node)
        question = READERS[question.type](self, node, question, markup)
        question = judging.judged(question, self.findings.warn)
        return replace(question, media=media_names(question))

    def multichoice(self, node: Node, question: Question, markup: TextFormat) -> Question:
        return replace(
            self._combined(question, node, markup),
            answers=tuple(self._answer(a, markup, self._text(a, markup)) for a in node.all("answer")),
            single=_truth(node, "single", True),
            shuffle=_truth(node, "shuffleanswers", False),
        )

    def truefalse(self, node: Node, question: Question, markup: TextFormat) -> Question:
        answers: dict[str, Answer] = {}
        for index, answer in enumerate(node.all("answer")):
            words = _words(answer).lower()
            key = words if words in ("true", "false") else ("true", "false")[min(index, 1)]
            answers[key] = self._answer(answer, markup, NO_TEXT)
        if "true" not in answers and "false" not in answers:
            raise QuestionMalformed(f"“{question.name}” says neither true nor false.", node.line)
        is_true = answers["true"].fraction == 1 if "true" in answers else answers["false"].fraction != 1
        feedback = [answers[key].feedback if key in answers else NO_TEXT for key in ("true", "false")]
        return replace(question, answers=true_false_answers(is_true, *feedback))

    def shortanswer(self, node: Node, question: Question, markup: TextFormat) -> Question:
        answers = (self._answer(a, markup, Text(_words(a), TextFormat.PLAIN)) for a in node.all("answer"))
        return replace(question, answers=tuple(answers), case_sensitive=_truth(node, "usecase", False))

    def numerical(self, node: Node, question: Question, markup: TextFormat) -> Question:
        answers = []
        for answer in node.all("answer"):
            value = judging.numeric_text(_words(answer) or judging.ANY, answer.line)
            tolerance = judging.number(_value(answer, "tolerance") or "0", answer.line)
            if tolerance < 0:
                raise QuestionMalformed(f"“{question.name}”: a tolerance cannot be below zero.", answer.line)
            read = self._answer(answer, markup, Text(value, TextFormat.PLAIN))
            answers.append(replace(read, tolerance=tolerance.normalize() + 0))
        return replace(question, answers=tuple(answers))

    def matching(self, node: Node, question: Question, markup: TextFormat) -> Question:
        pairs = tuple(
            Pair(self._text(stem, markup), _words(stem.find("answer"))) for stem in node.all("subquestion")
        )
        return replace(
            self._combined(question, node, markup),
            pairs=tuple(pair for pair in pairs if pair.stem or pair.answer),
            shuffle=_truth(node, "shuffleanswers", True),
        )

    def essay(self, node: Node, question: Question, markup: TextFormat) -> Question:
        if _value(node, "responseformat") in ("noinline", "editorfilepicker") or _truth(
            node, "attachments", False
        ):
            self.notes.add("Files with essay answers are not asked for", node.line)
        return replace(
            question,
            marker_notes=self._text(node.find("graderinfo"), markup),
            response_template=self._text(node.find("responsetemplate"), markup),
        )

    def description(self, node: Node, question: Question, markup: TextFormat) -> Question:
        return question

    def _note_settings(self, node: Node) -> None:
        """Note settings that a Moodle administrator may miss; Moodle's own defaults say nothing."""
        if _truth(node, "hidden", False):
            self.notes.add("Hidden questions are read as visible", node.line)
        if _value(node, "answernumbering") not in ("", "abc"):
            self.notes.add("The numbering of answers is not kept", node.line)
        if (_value(node, "penalty") or "0").rstrip("0").rstrip(".") not in DEFAULT_PENALTIES:
            self.notes.add("Penalties for repeated tries are not kept", node.line)

    def _answer(self, node: Node, markup: TextFormat, text: Text) -> Answer:
        fraction = judging.weight(node.get("fraction", "0"), node.line, self.findings.warn)
        return Answer(text, fraction, self._text(node.find("feedback"), markup))

    def _combined(self, question: Question, node: Node, markup: TextFormat) -> Question:
        return replace(
            question,
            correct_feedback=self._text(node.find("correctfeedback"), markup),
            partial_feedback=self._text(node.find("partiallycorrectfeedback"), markup),
            incorrect_feedback=self._text(node.find("incorrectfeedback"), markup),
        )

    def _mark(self, node: Node, kind: str) -> Decimal:
        if kind == "description":
            return Decimal(0)
        return judging.number(_value(node, "defaultgrade") or "1", node.line).normalize() + 0

    def _text(self, node: Node | None, markup: TextFormat) -> Text:
        """Return a text with the files that stand beside it kept and its references following them."""
        if node is None:
            return NO_TEXT
        words = _words(node)
        renamed: dict[str, str] = {}
        for file in node.all("file"):
            path = (file.get("path", "/") + file.get("name")).lstrip("/")
            if (content := self._content(path, file.all_text, file.line)) is not None:
                renamed[path] = self.media.add(path, content, file.line)
        if any(reference != HERE + path for path, reference in renamed.items()):
            words = change_references(words, lambda old: renamed.get(plain_name(old), old))
        return Text(words, _markup(node, markup))

    def _with_old_image(self, node: Node, text: Text) -> Text:
        """Put the image of a file from before Moodle 2 behind the text, where Moodle shows it."""
        name, written = _value(node, "image"), _value(node, "image_base64")
        if not name:
            return text
        if not written:
            self.findings.warn(node.line, f"The image “{name[:100]}” did not come along.")
            return text
        if (content := self._content(name, written, node.line)) is None:
            return text
        reference = self.media.add(name.replace("/", "_"), content, node.line)
        return Text(f'{text.text} <img src="{reference}" alt="">', text.format)

    def _content(self, path: str, written: str, line: int) -> bytes | None:
        """Return the bytes of an embedded file, None with a warning where they are not readable."""
        try:
            return base64.b64decode(written, validate=False)
        except (binascii.Error, ValueError):
            self.findings.warn(line, f"The file “{path[:100]}” is not readable base64; it is left out.")
            return None


READERS: dict[QuestionType, Callable[[_Reader, Node, Question, TextFormat], Question]] = {
    QuestionType.MULTICHOICE: _Reader.multichoice,
    QuestionType.TRUEFALSE: _Reader.truefalse,
    QuestionType.SHORTANSWER: _Reader.shortanswer,
    QuestionType.NUMERICAL: _Reader.numerical,
    QuestionType.MATCHING: _Reader.matching,
    QuestionType.ESSAY: _Reader.essay,
    QuestionType.DESCRIPTION: _Reader.description,
}


def _words(node: Node | None) -> str:
    """Return the words of a `<text>` inside an element, or of the element itself in old files."""
    if node is None:
        return ""
    inner = node.find("text")
    return (node.text if inner is None else inner.all_text).strip(BLANKS)


def _value(node: Node, tag: str) -> str:
    found = node.find(tag)
    return "" if found is None else found.text.strip()


def _inside(node: Node, outer: str, tag: str) -> list[Node]:
    found = node.find(outer)
    return [] if found is None else found.all(tag)


def _truth(node: Node, tag: str, default: bool) -> bool:
    """Say what a setting says; one that is there but empty says no, as in Moodle."""
    found = node.find(tag)
    return default if found is None else found.text.strip().lower() not in ("", "0", "false")


def _markup(node: Node | None, default: TextFormat) -> TextFormat:
    """Return the markup that an element names: the default for none, HTML for one that is unknown."""
    named = "" if node is None else node.get("format")
    return MARKUPS.get(named, TextFormat.HTML) if named else default
