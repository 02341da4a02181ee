"""The base of every form: text has a limit, said in words, and line ends that count once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, StopValidation

from app.visible import visible
from app.web.refusals import Unfit

LONGEST_LINE = 300
LONGEST_NOTE = 2_000
LONGEST_PASSWORD = 1_000
LONGEST_KEY = 80
LONGEST_VALUE = 100_000
"""Characters of one field, whatever it is and whoever reads it."""
MOST_DIGITS = 18


class AtMost(Length):
    """Refuse text longer than a column or a reader takes; the page lets nobody type more either."""

    def __init__(self, limit: int) -> None:
        super().__init__(max=limit)

    def __call__(self, form: Any, field: Any) -> None:
        given = len(field.data) if isinstance(field.data, str) else 0
        if given > self.max:
            raise StopValidation(too_long(self.max, given))


class Form(FlaskForm):
    """A form whose every text field has a limit: its own `AtMost`, else that of its kind."""

    class Meta(FlaskForm.Meta):
        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            field = unbound_field.bind(form=form, **options)
            if isinstance(field, StringField) and not isinstance(field, PasswordField | HiddenField):
                field.filters = (*field.filters, one_newline, _seen)
                field.validators = tuple(_not_blank(each) for each in field.validators)
            if isinstance(field, StringField) and not any(isinstance(v, AtMost) for v in field.validators):
                own = AtMost(_limit_of(field))
                field.validators = (own, *field.validators)
                field.flags.maxlength = own.max
            return field


class FormOnce(Form):
    """A form that carries a key of its own, by which the same form sent again is known."""

    request_key = HiddenField(default=lambda: str(uuid4()), validators=[AtMost(LONGEST_KEY)])


def _limit_of(field: StringField) -> int:
    if isinstance(field, TextAreaField):
        return LONGEST_NOTE
    return LONGEST_PASSWORD if isinstance(field, PasswordField) else LONGEST_LINE


def one_newline(text: Any) -> Any:
    """Return text with line ends of one character, as the browser counted them."""
    return text.replace("\r\n", "\n") if isinstance(text, str) else text


def _not_blank(validator: Any) -> Any:
    """Ask of a required text that something can be read in it, where WTForms asks that something was sent."""
    return DataRequired(validator.message) if isinstance(validator, InputRequired) else validator


def _seen(text: Any) -> Any:
    return visible(text) if isinstance(text, str) else text


def typed(sent: Mapping[str, str], name: str, label: str, limit: int) -> str:
    """Return a text sent outside a form class, outer white space cut. Raises Unfit where it is too long."""
    text = visible(str(one_newline(sent.get(name, "")))).strip()
    if len(text) > limit:
        raise Unfit(f"{label}: {too_long(limit, len(text))}")
    return text


def whole_number(text: object) -> int | None:
    """Return the number that digits write; None for other text and for more digits than any id has."""
    digits = str(text or "").strip()
    return int(digits) if digits.isdecimal() and len(digits) <= MOST_DIGITS else None


def too_long(limit: int, given: int) -> str:
    """Say how long a text may be and how long it is."""
    return _("At most %(limit)s characters; these are %(given)s.", limit=limit, given=given)


def error_lines(form: FlaskForm) -> list[str]:
    """Return what is wrong with a form as lines that name their field, for pages with a list of their own."""
    return [
        f"{form[name].label.text}: {error}" if name else str(error)
        for name, errors in form.errors.items()
        for error in errors
    ]
