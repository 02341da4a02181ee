"""Read the first sheet of an XLSX workbook as rows of text; formulas are not computed, only shown."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time

from openpyxl import load_workbook

MAX_UNPACKED = 200 * 1024 * 1024


class NotAWorkbook(ValueError):
    """The file cannot be read as a workbook; the message says what to do."""


def read_workbook(content: bytes) -> Iterator[list[str]]:
    """Yield each row's cells as text; days as 2026-12-31, whole numbers without a point.

    Raises NotAWorkbook when it is no workbook or unpacks to more than 200 MB.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > MAX_UNPACKED:
                raise NotAWorkbook("The workbook unpacks to more than 200 MB. Save it as CSV UTF-8.")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
        rows = book.worksheets[0].iter_rows(values_only=True)
        yield from ([_text(value) for value in row] for row in rows)
    except (zipfile.BadZipFile, KeyError, IndexError, OSError, ValueError, SyntaxError) as error:
        if isinstance(error, NotAWorkbook):
            raise
        raise NotAWorkbook("The workbook cannot be read. Save it as CSV UTF-8.") from error


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
