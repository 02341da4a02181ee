"""Read a file of people into named cells: CSV in any usual dress, or the first sheet of an XLSX workbook.

Pure: bytes in, rows and problems out. What the cells mean is decided in `import_plan`.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.visible import visible

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000
MAX_CELL = 2_000
COLUMNS: dict[str, tuple[str, ...]] = {
    "email": ("e-mail", "mail", "email address", "work email"),
    "name": ("full name", "person", "employee", "employee name", "display name"),
    "department": ("dept", "division"),
    "team": ("group", "squad", "team name"),
    "job_role": ("role", "job", "job title", "position", "title"),
    "manager_email": ("manager mail", "manager e-mail", "supervisor email", "reports to email"),
    "manager": ("manager name", "supervisor", "reports to", "line manager", "boss"),
    "start_date": ("started", "started on", "hire date", "hired", "start", "joined", "first day"),
    "time_zone": ("timezone", "tz", "zone"),
    "work_hours": ("hours", "working hours", "schedule", "shift"),
    "weekly_budget_minutes": (
        "budget",
        "weekly budget",
        "weekly minutes",
        "budget minutes",
        "training minutes",
    ),
    "locale": ("language", "lang"),
    "substitute_email": ("substitute", "deputy", "deputy email", "substitute mail"),
    "is_hr": ("hr",),
    "is_author": ("author", "trainer"),
    "is_admin": ("admin", "administrator"),
    "leave": ("holiday", "holidays", "vacation", "away", "absence", "absences"),
}


@dataclass(frozen=True)
class Problem:
    """What is wrong in one place: the row as a spreadsheet counts it (the header is row 1)."""

    row: int
    column: str
    message: str
    value: str = ""

    def __str__(self) -> str:
        place = f"row {self.row}" + (f", {self.column}" if self.column else "")
        return f"{place}: {self.message}"


@dataclass(frozen=True)
class Row:
    """One person's cells by column; empty cells are left out."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """What a file holds. `ignored` are headers that mean nothing to Tandem."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()
    ignored: tuple[str, ...] = ()


class UnreadableFile(ValueError):
    """The file cannot be read as people at all; the message says why and what to do."""


def read_sheet(content: bytes) -> Sheet:
    """Read CSV (comma, semicolon or tab; UTF-8 or UTF-16; any line ends) or XLSX. Raises UnreadableFile."""
    if len(content) > MAX_BYTES:
        raise UnreadableFile("The file is larger than 20 MB. Split it.")
    if content.startswith(b"PK\x03\x04"):
        from app.people.import_workbook import NotAWorkbook, read_workbook  # noqa: PLC0415  # slow to import

        try:
            return _sheet(read_workbook(content))
        except NotAWorkbook as error:
            raise UnreadableFile(str(error)) from error
    return _sheet(_csv_rows(_decode(content)))


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError as error:
            raise UnreadableFile("The file is cut off or not text. Save it as CSV UTF-8.") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableFile(
            f"Line {line} is not UTF-8, so names could be garbled. Save the file as “CSV UTF-8”."
        ) from error
    if "\0" in text:
        raise UnreadableFile("The file is not text. Save it as CSV UTF-8.")
    return text


def _csv_rows(text: str) -> Iterator[Sequence[str]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(
        ",;\t", key=lambda mark: sum(column_of(part.strip('" ')) is not None for part in first.split(mark))
    )
    csv.field_size_limit(MAX_BYTES)
    reader = csv.reader(
        io.StringIO(text.lstrip("\n\r") if not first else text, newline=""), delimiter=separator
    )
    try:
        yield from reader
    except csv.Error as error:
        raise UnreadableFile(f"Line {reader.line_num} cannot be read as CSV ({error}).") from error


def _sheet(rows: Iterable[Sequence[str]]) -> Sheet:
    numbered = ((number, row) for number, row in enumerate(rows, 1) if any(cell.strip() for cell in row))
    header_row, header = next(numbered, (0, ()))
    if not header_row:
        raise UnreadableFile("The file is empty. Its first row names the columns: email, name, …")
    columns = [column_of(cell) for cell in header]
    known = [column for column in columns if column]
    if "email" not in known:
        raise UnreadableFile(
            "There is no column “email” in the first row, and people are matched by it. "
            f"The row says: {', '.join(cell.strip() or '(empty)' for cell in header)[:200]}."
        )
    twice = sorted({column for column in known if known.count(column) > 1})
    if twice:
        raise UnreadableFile(f"Two columns mean the same: {', '.join(twice)}. Keep one.")
    found: list[Row] = []
    problems: list[Problem] = []
    for number, row in numbered:
        if len(found) >= MAX_ROWS:
            raise UnreadableFile(f"More than {MAX_ROWS:,} rows. Split the file.")
        beyond = [cell for cell in row[len(columns) :] if cell.strip()]
        if beyond:
            problems.append(
                Problem(
                    number,
                    "",
                    "more cells than the first row names. Quote a cell that holds the separator.",
                    beyond[0][:100],
                )
            )
            continue
        cells = {}
        for column, cell in zip(columns, row, strict=False):
            plain = visible(unicodedata.normalize("NFC", cell)).strip()
            if column and plain:
                if len(plain) > MAX_CELL:
                    problems.append(
                        Problem(number, column, f"longer than {MAX_CELL} characters.", plain[:40] + "…")
                    )
                    break
                cells[column] = plain
        else:
            found.append(Row(number, cells))
    ignored = tuple(
        cell.strip() for cell, column in zip(header, columns, strict=True) if not column and cell.strip()
    )
    return Sheet(tuple(known), tuple(found), tuple(problems), ignored)


def column_of(header: str) -> str | None:
    """Return the column a header means, whatever its case, spaces, hyphens and underscores."""
    return _NAMES.get(_plain(header))


def _plain(header: str) -> str:
    return "".join(letter for letter in header.casefold() if letter.isalnum())


_NAMES = {_plain(name): column for column, names in COLUMNS.items() for name in (column, *names)}
