"""What the readers of packages share: the questions of many files, what was left out, and their media."""

from __future__ import annotations

from dataclasses import replace

from app.quizzes.formats.media import MediaBag, media_names
from app.quizzes.formats.notes import Notes
from app.quizzes.formats.result import MAX_QUESTIONS, Findings, ReadResult, UnreadableFile
from app.quizzes.question import Question


class PackageReader:
    """Gather what one file after the other gives."""

    def __init__(self) -> None:
        self.findings = Findings()
        self.notes = Notes()
        self.media = MediaBag(self.findings)
        self.questions: list[Question] = []

    def keep(self, question: Question) -> None:
        """Take a question with the names of its media. Raises UnreadableFile past the limit."""
        if len(self.questions) == MAX_QUESTIONS:
            raise UnreadableFile(f"The package holds more than {MAX_QUESTIONS} questions. Split it.")
        self.questions.append(replace(question, media=media_names(question)))

    def leave_out(self, line: int, name: str, kind: object, member: str) -> None:
        """Warn of something that Tandem does not ask."""
        self.findings.warn(
            line, f"“{name[:100]}” is {kind}, which Tandem does not ask; it is left out.", 0, member
        )

    def result(self, form: str) -> ReadResult:
        """Return all that was gathered, the warnings about the whole last."""
        self.notes.report(self.findings)
        self.media.warn_of_missing(self.questions)
        return ReadResult(
            form,
            tuple(self.questions),
            tuple(self.findings.errors),
            tuple(self.findings.warnings),
            self.media.all(),
        )
