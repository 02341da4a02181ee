"""Forms of people."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectField,
    StringField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from app.db import longest
from app.people import queries, queries_people
from app.people.choices import locale_choices, zone_choices
from app.people.identity import PersonInput
from app.people.import_cells import Unfit, email
from app.people.models import Department, Person, Team
from app.people.queries_people import Record
from app.people.work_hours import EXAMPLE, BadHours, Interval, parse_hours
from app.web.forms import AtMost, Form


class SignInForm(Form):
    email = EmailField(
        _l("Work e-mail"), [InputRequired(_l("Enter your work e-mail.")), AtMost(longest(Person.email))]
    )
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter your password."))])


class SomeoneField(EmailField):
    """An e-mail that must belong to someone active; `.person_id` is whose, None for an empty field."""

    person_id: int | None = None

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        found = queries_people.find_active(self.data) if self.data else None
        if self.data and found is None:
            raise ValidationError(_("Nobody active has this e-mail. Look them up under People."))
        self.person_id = found[0] if found else None


class PersonForm(Form):
    version = HiddenField()
    name = StringField(_l("Name"), [InputRequired(_l("Enter a name.")), AtMost(longest(Person.name))])
    email = EmailField(
        _l("Work e-mail"),
        [
            InputRequired(_l("Enter an e-mail.")),
            AtMost(longest(Person.email)),
        ],
    )
    team = SelectField(_l("Team"))
    new_department = StringField(_l("Department of a new team"), [AtMost(longest(Department.name))])
    new_team = StringField(
        _l("New team"),
        [AtMost(longest(Team.name))],
        description=_l("Fill in to make a team that is not in the list."),
    )
    job_role = SelectField(
        _l("Job role"), description=_l("Sets the target levels. Job roles come with the curricula.")
    )
    manager = SomeoneField(_l("Manager’s e-mail"), [Optional()])
    started_on = DateField(_l("First day"), [Optional()])
    time_zone = SelectField(_l("Time zone"))
    locale = SelectField(_l("Language and formats"))
    weekly_budget_minutes = IntegerField(
        _l("Minutes for cross-training each week"),
        [InputRequired(_l("Enter minutes.")), NumberRange(0, 2400, _l("Enter 0 to 2400 minutes."))],
        default=60,
    )
    is_hr = BooleanField(_l("HR: keeps records, watches onboarding, decides disputes"))
    is_author = BooleanField(_l("Author: writes modules and questions"))
    is_admin = BooleanField(_l("Administrator: everything, other administrators included"))

    def offer(self, *, may_make_admins: bool) -> None:
        """Fill the choices, keeping what is stored now; what was sent never becomes a choice."""
        self.team.choices = [SelectChoice("", _("No team"))] + [
            SelectChoice(str(team_id), words) for team_id, words in queries.team_choices()
        ]
        self.job_role.choices = [SelectChoice("", _("No job role yet"))] + [
            SelectChoice(key, title) for key, title in queries_people.list_job_roles()
        ]
        self.time_zone.choices = [SelectChoice(*each) for each in zone_choices(self.time_zone.object_data)]
        self.locale.choices = [SelectChoice(*each) for each in locale_choices((), self.locale.object_data)]
        if not may_make_admins:
            del self.is_admin

    def validate_email(self, field: Any) -> None:
        try:
            email(field.data or "")
        except Unfit as error:
            raise ValidationError(_("Write it like name@example.com.")) from error

    def validate_new_team(self, field: Any) -> None:
        if field.data and not self.new_department.data:
            raise ValidationError(_("Enter the department it belongs to as well."))

    def to_input(self, team_id: int | None) -> PersonInput:
        """Return what was entered."""
        return PersonInput(
            name=self.name.data or "",
            email=self.email.data or "",
            team_id=team_id,
            job_role_key=self.job_role.data or None,
            manager_id=self.manager.person_id,
            time_zone=self.time_zone.data,
            locale=self.locale.data,
            started_on=self.started_on.data,
            weekly_budget_minutes=self.weekly_budget_minutes.data or 0,
            is_hr=self.is_hr.data,
            is_author=self.is_author.data,
            is_admin=bool(self.is_admin and self.is_admin.data),
        )


def person_data(record: Record) -> dict[str, object]:
    """Return what the form shows for a record."""
    shown = ("version", "name", "email", "started_on", "time_zone", "locale", "weekly_budget_minutes")
    rights = ("is_hr", "is_author", "is_admin")
    values: dict[str, object] = {name: getattr(record, name) for name in (*shown, *rights)}
    return values | {
        "team": str(record.team_id or ""),
        "job_role": record.job_role_key or "",
        "manager": record.manager_email or "",
    }


class DeactivateForm(Form):
    version = HiddenField()
    reports_to = SomeoneField(_l("Who their people report to from now on"), [Optional()])


class HoursForm(Form):
    hours = StringField(
        _l("Working hours"),
        [AtMost(400)],
        description=_l(
            "In their own time zone, like %(example)s or Mon-Thu 9-12 13-17, Fri 9-14.", example=EXAMPLE
        ),
    )
    intervals: tuple[Interval, ...] = ()

    def validate_hours(self, field: Any) -> None:
        try:
            self.intervals = parse_hours(field.data or "")
        except BadHours as error:
            raise ValidationError(str(error)) from error


class SpanForm(Form):
    from_on = DateField(_l("First day"), [InputRequired(_l("Enter the first day."))])
    until_on = DateField(_l("Last day"), [InputRequired(_l("Enter the last day."))])

    def validate_until_on(self, field: Any) -> None:
        if not self.from_on.data or not field.data:
            return
        if field.data < self.from_on.data:
            raise ValidationError(_("The last day is before the first."))
        if (field.data - self.from_on.data).days > 730:
            raise ValidationError(_("This is longer than two years. Enter it in parts."))


class SubstituteForm(SpanForm):
    substitute = SomeoneField(
        _l("Their e-mail"), [InputRequired(_l("Enter the e-mail of who decides for you."))]
    )
    until_on = DateField(_l("Last day"), [Optional()], description=_l("Leave empty: until you change it."))


class UploadForm(Form):
    file = FileField(
        _l("File"), [FileRequired(_l("Choose a file."))], description=_l("CSV or XLSX, at most 20 MB.")
    )
