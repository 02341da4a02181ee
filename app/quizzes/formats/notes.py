"""Gather small losses that many questions share into one warning each."""

from __future__ import annotations

from app.quizzes.formats.result import Findings


class Notes:
    """Count what is not kept, with the first line where it was met."""

    def __init__(self) -> None:
        self.counted: dict[str, tuple[int, int]] = {}

    def add(self, what: str, line: int = 0) -> None:
        """Count one loss."""
        count, first = self.counted.get(what, (0, line))
        self.counted[what] = (count + 1, first)

    def report(self, findings: Findings) -> None:
        """Warn of each loss once, with the number of questions."""
        for what, (count, first) in self.counted.items():
            findings.warn(first, f"{what} ({count} {'question' if count == 1 else 'questions'}).")
