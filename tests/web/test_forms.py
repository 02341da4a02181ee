"""Every text field has a limit, counts a line end once, and says what is too much."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, PasswordField, StringField, TextAreaField

from app.db import TooLong, db, transaction
from app.people.models import Person
from app.web.forms import (
    LONGEST_LINE,
    LONGEST_NOTE,
    LONGEST_PASSWORD,
    LONGEST_VALUE,
    AtMost,
    Form,
    error_lines,
    typed,
    whole_number,
)
from app.web.refusals import Unfit


class Sample(Form):
    class Meta(Form.Meta):
        csrf = False

    line = StringField("Line")
    note = TextAreaField("Note")
    secret = PasswordField("Secret")
    key = HiddenField("Key")
    own = StringField("Own", [AtMost(5)])


@pytest.mark.parametrize(
    ("field", "limit"),
    [("line", LONGEST_LINE), ("note", LONGEST_NOTE), ("secret", LONGEST_PASSWORD), ("key", LONGEST_LINE), ("own", 5)],
)  # fmt: skip
def test_each_text_has_a_limit_and_says_it(app: Flask, field: str, limit: int) -> None:
    with app.test_request_context():
        fits, beyond = (Sample(MultiDict({field: "é" * length})) for length in (limit, limit + 1))
        assert fits.validate()
        assert not beyond.validate()
        assert error_lines(beyond) == [
            f"{field.capitalize()}: At most {limit} characters; these are {limit + 1}."
        ]
        if field != "key":
            assert f'maxlength="{limit}"' in beyond[field]()


def test_a_line_end_counts_once_as_in_the_browser(app: Flask) -> None:
    with app.test_request_context():
        form = Sample(MultiDict({"note": "a\r\n" * (LONGEST_NOTE // 2)}))
        assert form.validate()
        assert form.note.data == "a\n" * (LONGEST_NOTE // 2)
        assert len(typed({"note": "a\r\n" * 3 + "b"}, "note", "Note", 7)) == 7


def test_text_outside_a_form_class_is_refused_by_name(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(Unfit) as refused:
        typed({"note": "abcdef"}, "note", "Your note", 5)
    assert refused.value.message == "Your note: At most 5 characters; these are 6."


def test_no_field_is_read_beyond_what_any_page_takes(as_) -> None:  # type: ignore[no-untyped-def]
    page = as_("learner").post("/account/mail", {"anything": "x" * (LONGEST_VALUE + 1)})
    assert page.status == 422
    assert f"anything: At most {LONGEST_VALUE} characters" in page.words("body")


def test_a_column_refuses_what_no_form_stopped(app: Flask, org) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(TooLong, match="201 characters where 200 fit"), transaction():
        db.session.get_one(Person, org.learner).name = "x" * 201
    assert db.session.query(Person).filter(Person.email == "x" * 300).all() == []


def test_a_column_s_refusal_is_answered_in_words(as_, app, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(AtMost, "__call__", lambda self, form, field: None)
    page = as_("learner").post("/account/profile", {"name": "x" * 201, "time_zone": "UTC", "locale": "en"})
    assert page.status == 422
    assert "longer than the 200 characters that can be kept" in page.words("body")


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), (" 7 ", 7), ("0", 0), ("٣", 3), ("9" * 18, 10**18 - 1)]
    + [(text, None) for text in ("", None, "-1", "1.5", "²", "abc", "9" * 19, "9" * 5000)],
)
def test_digits_are_a_number_and_nothing_else_is(text, number) -> None:  # type: ignore[no-untyped-def]
    assert whole_number(text) == number


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("  ", ""),
        ("\u200b", ""),
        ("\u202e\u202e", ""),
        ("\u3164\u2800", ""),
        ("\u202eevil\u2066", "evil"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("👩\u200d💻", "👩\u200d💻"),
        (" line\nline ", " line\nline "),
    ],
)
def test_only_text_that_can_be_seen_is_taken(app: Flask, sent: str, kept: str) -> None:
    with app.test_request_context():
        form = Sample(MultiDict({"note": sent, "secret": sent}))
        assert form.note.data == kept
        assert form.secret.data == sent, "a password is whatever was typed"
        assert typed({"note": sent}, "note", "Note", 99) == kept.strip()
