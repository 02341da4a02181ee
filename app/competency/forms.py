"""Forms of levels: check-in, prior learning, dispute and its decision, own rating."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired

from app.web.forms import AtMost, Form, FormOnce

LONG = 2_000


class CheckInForm(FormOnce):
    decision = RadioField(_l("What did you see?"), [InputRequired(_l("Choose one."))])
    reason = TextAreaField(
        _l("Why"),
        [AtMost(LONG)],
        description=_l("The person reads this. Needed when you hold the level."),
    )


class PriorLearningForm(FormOnce):
    level = RadioField(_l("Level you accept"), [InputRequired(_l("Choose a level."))])
    valid_until = DateField(_l("Valid until"), [InputRequired(_l("Enter a day, such as 2027-05-31."))])
    note = TextAreaField(
        _l("What it rests on"),
        [DataRequired(_l("Say what you saw or which certificate it is.")), AtMost(LONG)],
    )
    certificate = BooleanField(_l("It is a certificate from outside"))


class DisputeForm(Form):
    reason = TextAreaField(
        _l("What is wrong with it?"), [DataRequired(_l("Say what is wrong.")), AtMost(LONG)]
    )


class DecisionForm(Form):
    outcome = RadioField(
        _l("Decision"),
        [InputRequired(_l("Choose one."))],
        choices=[
            SelectChoice("kept", _l("The record stays")),
            SelectChoice("revoked", _l("Withdraw the record")),
        ],
    )
    answer = TextAreaField(
        _l("Reason"), [DataRequired(_l("Give the reason; the person reads it.")), AtMost(LONG)]
    )


class SelfRatingForm(FormOnce):
    confidence = SelectField(_l("How ready do you feel?"), coerce=int, validate_choice=True)
    interest = SelectField(_l("How much would you like to do this?"), coerce=int, validate_choice=True)
