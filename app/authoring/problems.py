"""A fault in a file: where it is, what it is and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches


@dataclass(frozen=True, order=True)
class Problem:
    """One fault; `path` is relative to the library, `line` and `column` count from 1."""

    path: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.message}"


@dataclass
class Problems:
    """Collect faults while files are read, so that an author sees all of them at once."""

    found: set[Problem] = field(default_factory=set)
    doubts: set[Problem] = field(default_factory=set)

    def add(self, path: str, line: int, column: int, message: str) -> None:
        """Note a fault at a place."""
        self.found.add(Problem(path, max(line, 1), max(column, 1), message))

    def warn(self, path: str, line: int, column: int, message: str) -> None:
        """Note at a place what may be meant otherwise; it does not stop a library from being loaded."""
        self.doubts.add(Problem(path, max(line, 1), max(column, 1), message))

    def sorted(self) -> list[Problem]:
        """Return the faults in reading order."""
        return sorted(self.found)

    def __bool__(self) -> bool:
        return bool(self.found)


def did_you_mean(word: str, known: list[str] | tuple[str, ...] | set[str]) -> str:
    """Return a hint naming the closest known word, or the known words, or nothing."""
    close = get_close_matches(word, sorted(known), n=1)
    if close:
        return f" Did you mean {close[0]}?"
    return f" Known: {', '.join(sorted(known))}." if 0 < len(known) <= 12 else ""
