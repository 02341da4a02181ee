"""What reading and writing question files gives back, and the limits that every reader keeps."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.quizzes.question import Question

MAX_BYTES = 32 * 1024 * 1024
MAX_TEXT_BYTES = 16 * 1024 * 1024
MAX_QUESTIONS = 20_000
MAX_LINES = 2_000_000
MAX_ANSWERS = 500
MAX_QUESTION_CHARACTERS = 200_000
MAX_PROBLEMS = 1_000


@dataclass(frozen=True, slots=True)
class Problem:
    """Say what is wrong (or worth knowing) at one place of a source, and how to mend it.

    `line` and `column` count from 1; 0 means that the place is unknown. `member` names the file inside a
    package.
    """

    line: int
    message: str
    column: int = 0
    member: str = ""


@dataclass(frozen=True, slots=True)
class MediaFile:
    """Hold one image or other file that came with the questions."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReadResult:
    """Hold what a reader found: the questions it read, the errors that cost one, and warnings."""

    format: str
    questions: tuple[Question, ...] = ()
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    media: tuple[MediaFile, ...] = ()


@dataclass(frozen=True, slots=True)
class WriteResult:
    """Hold a written file and what it could not express."""

    data: bytes = field(repr=False)
    warnings: tuple[Problem, ...] = ()
    written: int = 0


class UnreadableFile(Exception):
    """Say why a whole file cannot be read; the message is shown to the person as it stands."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.problem = Problem(line, message, column)


class QuestionMalformed(Exception):
    """Say why one question cannot be read; its neighbours are not touched."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.problem = Problem(line, message, column)


@dataclass(slots=True)
class Findings:
    """Collect problems while a reader works; past the limit one line says that there are more."""

    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def error(self, line: int, message: str, column: int = 0, member: str = "") -> None:
        """Note something that cost a question."""
        self._add(self.errors, Problem(line, message, column, member))

    def warn(self, line: int, message: str, column: int = 0, member: str = "") -> None:
        """Note something that a person should know but that cost no question."""
        self._add(self.warnings, Problem(line, message, column, member))

    def _add(self, problems: list[Problem], problem: Problem) -> None:
        if len(problems) < MAX_PROBLEMS:
            problems.append(problem)
        elif len(problems) == MAX_PROBLEMS:
            problems.append(Problem(0, f"More than {MAX_PROBLEMS} such messages; the rest are not listed."))


@dataclass(slots=True)
class Draft:
    """Collect what a writer makes: the bytes, the questions in them, and what it had to leave out."""

    data: bytes = b""
    written: list[Question] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)

    def leave_out(self, question: Question, reason: str) -> None:
        """Note that a question is not in the file, and why."""
        self.findings.warn(0, f"“{question.name}” is left out: {reason}.")
