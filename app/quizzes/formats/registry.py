"""Choose the reader or writer of a question file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from app.quizzes.formats.aiken_reader import read_aiken
from app.quizzes.formats.common_cartridge_reader import read_common_cartridge
from app.quizzes.formats.detection import detect
from app.quizzes.formats.fidelity import warn_of_losses
from app.quizzes.formats.gift_reader import read_gift
from app.quizzes.formats.gift_writer import write_gift
from app.quizzes.formats.moodle_xml_reader import read_moodle_xml
from app.quizzes.formats.moodle_xml_writer import write_moodle_xml
from app.quizzes.formats.qti_reader import read_qti
from app.quizzes.formats.qti_writer import write_qti
from app.quizzes.formats.result import (
    MAX_BYTES,
    MAX_PROBLEMS,
    Draft,
    MediaFile,
    Problem,
    ReadResult,
    UnreadableFile,
    WriteResult,
)
from app.quizzes.question import Question

Reader = Callable[[bytes], ReadResult]
Writer = Callable[[Sequence[Question], Sequence[MediaFile]], Draft]

READERS: dict[str, Reader] = {
    "gift": read_gift,
    "aiken": read_aiken,
    "moodle-xml": read_moodle_xml,
    "qti": read_qti,
    "common-cartridge": read_common_cartridge,
}
WRITERS: dict[str, Writer] = {"gift": write_gift, "moodle-xml": write_moodle_xml, "qti": write_qti}
READABLE = tuple(READERS)
WRITABLE = tuple(WRITERS)


def read(data: bytes, format: str | None = None, name: str | None = None) -> ReadResult:
    """Return the questions of a file; a file that cannot be read at all is one error and no question.

    Raises ValueError for a format that is not in READABLE.
    """
    if format is not None and format not in READERS:
        raise ValueError(f"{format} is not a format that can be read: {', '.join(READABLE)}")
    chosen = format or ""
    try:
        if len(data) > MAX_BYTES:
            raise UnreadableFile(f"The file is larger than {MAX_BYTES // 1024 // 1024} MB. Split it.")
        chosen = format or detect(data, name)
        result = READERS[chosen](data)
        if not (result.questions or result.errors or result.warnings):
            raise UnreadableFile("The file holds no question.")
        return _with_repeated_ids(result)
    except UnreadableFile as unreadable:
        return ReadResult(chosen, errors=(unreadable.problem,))


def write(questions: Sequence[Question], format: str, media: Sequence[MediaFile] = ()) -> WriteResult:
    """Return the file that holds the questions; what the format cannot express is a warning.

    The written file is read again and compared, so that no loss goes unnoticed. Raises ValueError for a
    format that is not in WRITABLE.
    """
    if format not in WRITERS:
        raise ValueError(f"{format} is not a format that can be written: {', '.join(WRITABLE)}")
    draft = WRITERS[format](questions, media)
    if draft.written:
        again = read(draft.data, format)
        warn_of_losses(draft.written, again.questions, draft.findings)
        for problem in again.errors:
            draft.findings.warn(0, f"Not readable again: {problem.message}")
    return WriteResult(draft.data, tuple(draft.findings.warnings), len(draft.written))


def _with_repeated_ids(result: ReadResult) -> ReadResult:
    """Return the reading with a warning for each id that two questions share."""
    first: dict[str, Question] = {}
    repeated = [q for q in result.questions if q.id and first.setdefault(q.id, q) is not q]
    if not repeated:
        return result
    warnings = [
        Problem(
            q.line, f"The id {q.id} is already used in line {first[q.id].line}; give this question another."
        )
        for q in repeated[:MAX_PROBLEMS]
    ]
    return replace(result, warnings=(*result.warnings, *warnings))


def problem_line(problem: Problem) -> str:
    """Return a problem as `line:column: message`, the way compilers write it."""
    place = (
        f"{problem.line}:{problem.column}: "
        if problem.column
        else f"{problem.line}: "
        if problem.line
        else ""
    )
    member = f"{problem.member}: " if problem.member else ""
    return f"{member}{place}{problem.message}"
