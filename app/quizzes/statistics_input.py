"""Hold marked attempts as compact columns, so that statistics need to see each response only once."""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
VersionKey = tuple[str, int]

NO_RESPONSE = ""


class AttemptGivenTwice(ValueError):
    """The same attempt was given twice with different marks."""


@dataclass(frozen=True, slots=True)
class MarkedResponse:
    """State what one attempt earned at one position.

    `mark` is None while a person still has to mark it; `chosen` names the answers that the response
    matched (several where several may be ticked). A question that was shown and left empty has
    `answered=False` and counts as mark 0, as in Moodle.
    """

    position: int
    question: str
    version: int
    max_mark: float
    mark: float | None
    answered: bool = True
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkedAttempt:
    """State one submitted attempt: only the positions that it was shown."""

    id: str
    responses: tuple[MarkedResponse, ...]


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """State what is known of a question version apart from its responses.

    `guess` is the fraction that random guessing earns on average (None where that has no meaning);
    `answers` maps each answer's key to its fraction, so that answers nobody chose are listed too.
    """

    guess: float | None = None
    answers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Columns:
    """Hold one entry per response (the first six arrays) and one per attempt (totals)."""

    attempt: Integers
    position: Integers
    version: Integers
    mark: Floats
    max_mark: Floats
    answered: NDArray[np.bool_]
    choice_row: Integers
    choice_code: Integers
    positions: tuple[int, ...]
    versions: tuple[VersionKey, ...]
    choices: tuple[tuple[int, str], ...]
    shapes: Integers
    shape_positions: tuple[tuple[int, ...], ...]
    attempts: int
    awaiting: int
    unmarked: int
    repeated: int


# What one response says apart from its marks: question, version, answered, chosen.
_Kind = tuple[str, int, bool, tuple[str, ...]]


class _Builder:
    """Collect columns; what many responses share (their kind, an attempt's positions) is stored once."""

    def __init__(self) -> None:
        self.mark, self.max_mark = array("d"), array("d")
        self.position, self.kind = array("i"), array("i")
        self.sizes, self.shapes = array("i"), array("i")
        self.kinds: dict[_Kind, int] = {}
        self.positions: dict[int, int] = {}
        self.layouts: dict[tuple[int, ...], tuple[list[int], int]] = {}
        self.shape_codes: dict[tuple[int, ...], int] = {}
        # The rows of each attempt; none for one that was left out.
        self.rows: dict[str, range] = {}
        self.awaiting = self.unmarked = self.repeated = 0

    def add(self, attempt: MarkedAttempt) -> None:
        responses = attempt.responses
        marks = [r.mark if r.answered else 0.0 for r in responses]
        max_marks = [r.max_mark for r in responses]
        if attempt.id in self.rows:
            self._check_repeat(attempt, marks, max_marks)
            self.repeated += 1
            return
        self.rows[attempt.id] = range(0)
        if None in marks:
            self.awaiting += 1
        elif not any(max_marks):
            self.unmarked += 1
        else:
            self.rows[attempt.id] = range(len(self.mark), len(self.mark) + len(marks))
            self._append(attempt, cast(list[float], marks), max_marks)

    def _append(self, attempt: MarkedAttempt, marks: list[float], max_marks: list[float]) -> None:
        responses, kinds = attempt.responses, self.kinds
        shown = tuple([r.position for r in responses])
        layout = self.layouts.get(shown)
        if layout is None:
            layout = self.layouts[shown] = self._layout(attempt.id, shown)
        self.position.extend(layout[0])
        self.shapes.append(layout[1])
        self.sizes.append(len(shown))
        self.mark.extend(marks)
        self.max_mark.extend(max_marks)
        self.kind.extend(
            [kinds.setdefault((r.question, r.version, r.answered, r.chosen), len(kinds)) for r in responses]
        )

    def _layout(self, attempt_id: str, shown: tuple[int, ...]) -> tuple[list[int], int]:
        if len(set(shown)) != len(shown):
            raise ValueError(f"attempt {attempt_id} has two responses at one position")
        codes = [self.positions.setdefault(p, len(self.positions)) for p in shown]
        return codes, self.shape_codes.setdefault(tuple(sorted(shown)), len(self.shape_codes))

    def _check_repeat(
        self, attempt: MarkedAttempt, marks: list[float | None], max_marks: list[float]
    ) -> None:
        rows = self.rows[attempt.id]
        if not rows:
            return
        kinds, positions = tuple(self.kinds), tuple(self.positions)
        kept = {
            (positions[self.position[row]], *kinds[self.kind[row]][:2], self.mark[row], self.max_mark[row])
            for row in rows
        }
        given = {
            (r.position, r.question, r.version, mark, max_mark)
            for r, mark, max_mark in zip(attempt.responses, marks, max_marks, strict=True)
        }
        if kept != given:
            raise AttemptGivenTwice(f"attempt {attempt.id} was given twice with different marks")

    def build(self) -> Columns:
        mark, max_mark = np.array(self.mark), np.array(self.max_mark)
        if not (np.isfinite(mark).all() and np.isfinite(max_mark).all() and (max_mark >= 0).all()):
            raise ValueError("marks must be finite and highest marks must not be negative")
        versions: dict[VersionKey, int] = {}
        choices: dict[tuple[int, str], int] = {}
        kind_version, kind_choices = [], []
        for question, number, answered, chosen in self.kinds:
            code = versions.setdefault((question, number), len(versions))
            # An answer named twice in one response is still one choice.
            keys = dict.fromkeys(chosen) if answered else {NO_RESPONSE: None}
            kind_version.append(code)
            kind_choices.append([choices.setdefault((code, key), len(choices)) for key in keys])
        kind = np.array(self.kind, dtype=np.int32)
        choice_row, choice_code = _expand(kind, kind_choices)
        sizes = np.array(self.sizes, dtype=np.int32)
        return Columns(
            attempt=np.repeat(np.arange(len(sizes), dtype=np.int32), sizes),
            position=np.array(self.position, dtype=np.int32),
            version=np.array(kind_version, dtype=np.int32)[kind],
            mark=mark,
            max_mark=max_mark,
            answered=np.array([kind[2] for kind in self.kinds], dtype=bool)[kind],
            choice_row=choice_row,
            choice_code=choice_code,
            positions=tuple(self.positions),
            versions=tuple(versions),
            choices=tuple(choices),
            shapes=np.array(self.shapes, dtype=np.int32),
            shape_positions=tuple(self.shape_codes),
            attempts=len(sizes),
            awaiting=self.awaiting,
            unmarked=self.unmarked,
            repeated=self.repeated,
        )


def _expand(kind: Integers, kind_choices: list[list[int]]) -> tuple[Integers, Integers]:
    """Turn one kind per response into one entry per choice: its row and its code."""
    lengths = np.array([len(codes) for codes in kind_choices], dtype=np.int32)
    flat = np.array([code for codes in kind_choices for code in codes], dtype=np.int32)
    starts = np.cumsum(lengths, dtype=np.int32) - lengths
    row_lengths = lengths[kind]
    row = np.repeat(np.arange(len(kind), dtype=np.int32), row_lengths)
    within = np.arange(len(row), dtype=np.int32) - np.repeat(
        np.cumsum(row_lengths, dtype=np.int32) - row_lengths, row_lengths
    )
    return row, flat[np.repeat(starts[kind], row_lengths) + within]


def read_attempts(attempts: Iterable[MarkedAttempt]) -> Columns:
    """Read attempts one by one into columns, about 40 bytes per response; the attempts may be a generator.

    An attempt with a part that a person still has to mark is left out and counted in `awaiting`, one
    without any marks to earn in `unmarked`, one given again unchanged in `repeated`.

    Raises AttemptGivenTwice for one id with different marks, ValueError for two responses at one position
    of an attempt, or for marks that are not finite.
    """
    builder = _Builder()
    for attempt in attempts:
        builder.add(attempt)
    return builder.build()
