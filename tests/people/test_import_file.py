import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from app.people.import_file import UnreadableFile, column_of, read_sheet

TEXT = "email,name\nlena@example.com,Lena Ökáfor 田中\n"


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.replace(",", ";").encode(),
        TEXT.replace(",", "\t").encode(),
        TEXT.replace("email", " E-Mail ").replace("name", "FULL_NAME").encode(),
        b"\n" + TEXT.encode(),
    ],
)
def test_any_usual_dress_reads_the_same(content):
    sheet = read_sheet(content)
    assert sheet.columns == ("email", "name")
    assert sheet.rows[0].cells == {"email": "lena@example.com", "name": "Lena Ökáfor 田中"}


def test_rows_are_counted_as_a_spreadsheet_does():
    sheet = read_sheet(b'email,name\na@x.org,"A\nB"\n\nc@x.org,C\n')
    assert [row.number for row in sheet.rows] == [2, 4]


def test_composed_and_decomposed_letters_are_the_same():
    sheet = read_sheet("email,name\na@x.org,Zoe\u0308\n".encode())
    assert sheet.rows[0].cells["name"] == "Zoë"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"name,team\nLena,A\n", "no column “email”"),
        (b"email,e-mail\na@x.org,b@x.org\n", "mean the same"),
        ("email,name\na@x.org,Zoë\n".encode("latin-1"), "Line 2 is not UTF-8"),
        (b"PK\x03\x04 not a workbook", "cannot be read"),
        (b"email\0,name", "not text"),
    ],
)
def test_what_cannot_be_read_is_said(content, words):
    with pytest.raises(UnreadableFile, match=words):
        read_sheet(content)


def test_a_row_with_too_many_cells_costs_only_itself():
    sheet = read_sheet(b"email,name\na@x.org,Doe, Jane\nb@x.org,B\n")
    assert [row.cells["email"] for row in sheet.rows] == ["b@x.org"]
    assert sheet.problems[0].row == 2


def test_unknown_columns_are_named_and_left():
    assert read_sheet(b"email,shoe size\na@x.org,42\n").ignored == ("shoe size",)


def test_a_workbook_reads_like_the_csv_it_could_be():
    book = Workbook()
    page = book.active
    page.append(["E-mail", "Name", "Start date", "Budget", "HR"])
    page.append(["a@x.org", "=Ann", date(2026, 5, 4), 60, True])
    stream = io.BytesIO()
    book.save(stream)
    cells = read_sheet(stream.getvalue()).rows[0].cells
    assert cells == {
        "email": "a@x.org",
        "name": "=Ann",
        "start_date": "2026-05-04",
        "weekly_budget_minutes": "60",
        "is_hr": "yes",
    }


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("Work E-Mail", "email"),
        ("time zone", "time_zone"),
        ("TimeZone", "time_zone"),
        ("Manager name", "manager"),
        ("shoe", None),
    ],  # fmt: skip
)
def test_headers_are_forgiving(header, column):
    assert column_of(header) == column


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content):
    try:
        read_sheet(content)
    except UnreadableFile as error:
        assert str(error)


def test_a_cell_in_which_nothing_can_be_seen_is_empty():
    rows = read_sheet("email,name\na@b.example,\u200b\nc@d.example,\u202eCleo\n".encode()).rows
    assert [row.cells for row in rows] == [{"email": "a@b.example"}, {"email": "c@d.example", "name": "Cleo"}]
