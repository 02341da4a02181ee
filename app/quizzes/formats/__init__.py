"""Read and write question files: GIFT, Aiken, Moodle XML, QTI and Common Cartridge, over one neutral model.

A reader and a writer per format; `detect`, `read` and `write` choose among them. Pure: bytes in, dataclasses
out, no database, no network, no file is touched. Every reader keeps the limits in `result`, so that a hostile
file ends in one message instead of a full memory.
"""

from __future__ import annotations

from app.quizzes.formats.detection import detect
from app.quizzes.formats.registry import READABLE, WRITABLE, read, write
from app.quizzes.formats.report import describe, report
from app.quizzes.formats.result import MediaFile, Problem, ReadResult, UnreadableFile, WriteResult

__all__ = [
    "READABLE",
    "WRITABLE",
    "MediaFile",
    "Problem",
    "ReadResult",
    "UnreadableFile",
    "WriteResult",
    "describe",
    "detect",
    "read",
    "report",
    "write",
]
