"""A spreadsheet opens the export as data, never as formulas."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.csv_file import as_text, csv_of


@pytest.mark.parametrize("cell", ["=1+1", "+49 30", "-2", "@SUM(A1)", "\tx", "\rx"])
def test_formula_starts_become_text(cell: str) -> None:
    assert as_text(cell) == f"'{cell}"


@pytest.mark.parametrize(
    ("cell", "text"), [(None, ""), (-2, "-2"), (0, "0"), ("Zoë 田中", "Zoë 田中"), ("a=b", "a=b")]
)
def test_other_cells_stay_as_they_are(cell: object, text: str) -> None:
    assert as_text(cell) == text


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])), min_size=1)
    )
)
def test_rows_come_back_whole_and_no_cell_is_a_formula(rows: list[list[str]]) -> None:
    back = list(csv.reader(io.StringIO(csv_of(rows).removeprefix("\ufeff"), newline="")))
    assert back == [[as_text(cell) for cell in row] if row != [""] else row for row in rows]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in back for cell in row)
