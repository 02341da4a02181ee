"""The form of pins and bans; a colleague is entered by name or e-mail."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError

from app.db import longest
from app.people.queries_accounts import LONGEST_EMAIL
from app.people.queries_people import Sought, search
from app.scheduling.models_calendar import PairingRule
from app.web.forms import AtMost, Form

MOST_NAMED = 4


class ColleagueField(StringField):
    """Somebody active, by name or e-mail; `.person_id` is who."""

    person_id: int | None = None

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        words = " ".join((self.data or "").split())
        if validation_stopped or not words:
            return
        found, total = search(Sought(words=words), 1)
        exact = [each for each in found if words.casefold() in (each.name.casefold(), each.email)]
        if len(exact) != 1 and total == 1:
            exact = found
        if len(exact) == 1:
            self.person_id = exact[0].person_id
        elif not found:
            raise ValidationError(_("Nobody active fits. Check the spelling, or enter the e-mail."))
        else:
            some = "; ".join(f"{each.name}, {each.email}" for each in (exact or found)[:MOST_NAMED])
            raise ValidationError(_("Several people fit. Enter the e-mail: %(some)s", some=some))


class PairingForm(Form):
    """What a pin or ban carries; whom it is for, is chosen among oneself and one's line."""

    kind = RadioField(
        _l("What is wanted?"),
        choices=[
            SelectChoice("ban", _l("Rather not be paired")),
            SelectChoice("pin", _l("Learn from this person only")),
        ],
        default="ban",
        validators=[InputRequired(_l("Choose what is wanted."))],
    )
    learner = SelectField(_l("Who"), coerce=int, validate_choice=False)
    other = ColleagueField(
        _l("With whom"),
        [InputRequired(_l("Enter the colleague’s name or e-mail.")), AtMost(LONGEST_EMAIL)],
        description=_l("Name or e-mail of the colleague."),
    )
    competency = SelectField(_l("For which competency"), validate_choice=False)
    reason = StringField(_l("Reason"), [Optional(), AtMost(longest(PairingRule.reason))])
