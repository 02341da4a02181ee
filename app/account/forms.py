"""Forms of one's own account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from app.people import passwords
from app.people.choices import locale_choices, zone_choices
from app.people.queries_accounts import LONGEST_EMAIL, LONGEST_NAME
from app.web.forms import AtMost, Form


def password_words(problem: str) -> str:
    """Say what is wrong with a password and what to do, for a problem of `passwords.problem_with`."""
    return {
        "short": _(
            "Use at least %(count)s characters. A few words in a row do well.", count=passwords.MIN_LENGTH
        ),
        "long": _("Use at most %(count)s characters.", count=passwords.MAX_LENGTH),
        "email": _("Choose something other than your e-mail."),
        "common": _("Everyone who guesses tries this one early. Choose something of your own."),
    }[problem]


class AskForResetForm(Form):
    email = EmailField(
        _l("Work e-mail"), [InputRequired(_l("Enter your work e-mail.")), AtMost(LONGEST_EMAIL)]
    )


class NewPassword:
    """The two fields that set a password; `email` is whose it becomes."""

    email = ""
    password = PasswordField(
        _l("New password"),
        [InputRequired(_l("Enter a new password."))],
        description=_l("At least 10 characters. Length is what counts."),
    )
    again = PasswordField(_l("The same again"), [InputRequired(_l("Enter it a second time."))])

    def validate_password(self, field: Any) -> None:
        problem = passwords.problem_with(field.data or "", self.email)
        if problem:
            raise ValidationError(password_words(problem))

    def validate_again(self, field: Any) -> None:
        if field.data != self.password.data:
            raise ValidationError(_("The two do not match. Enter the same password twice."))


class ResetForm(NewPassword, Form):
    pass


class ChangePasswordForm(NewPassword, Form):
    current = PasswordField(_l("Current password"), [InputRequired(_l("Enter your current password."))])


class ProfileForm(Form):
    name = StringField(_l("Name"), [InputRequired(_l("Enter your name.")), AtMost(LONGEST_NAME)])
    time_zone = SelectField(_l("Time zone"), description=_l("Every time is shown and entered in it."))
    locale = SelectField(_l("Language and formats"))

    def offer(self, languages: Iterable[str]) -> None:
        """Fill the choices, keeping what is stored now; what was sent never becomes a choice."""
        self.time_zone.choices = [SelectChoice(*each) for each in zone_choices(self.time_zone.object_data)]
        self.locale.choices = [
            SelectChoice(*each) for each in locale_choices(languages, self.locale.object_data)
        ]
