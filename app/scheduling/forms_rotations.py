"""Forms of rotations: the proposal with its tasks, and answers."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, IntegerField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Optional, ValidationError
from wtforms.widgets import HiddenInput

from app.db import longest
from app.scheduling.inputs import RotationProposal, TaskItem
from app.scheduling.models_rotations import Rotation, RotationTask
from app.web.forms import AtMost, Form, whole_number

MOST_TASKS = 8
MOST_DAYS = 366
TASK_LENGTH = longest(RotationTask.title)


class RotationForm(Form):
    """What proposing a rotation carries; tasks come as task-0, task-competency-0 and so on."""

    employee = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    team = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    request_key = HiddenField(validators=[Optional(), AtMost(longest(Rotation.request_key))])
    supervisor = SelectField(
        _l("Supervisor"), [InputRequired(_l("Choose a supervisor."))], coerce=str, validate_choice=False
    )
    from_on = DateField(_l("First day"), [InputRequired(_l("Choose the first day."))])
    until_on = DateField(_l("Last day"), [InputRequired(_l("Choose the last day."))])
    note = TextAreaField(_l("What is it for?"), [Optional(), AtMost(1000)])

    def validate_until_on(self, field: DateField) -> None:
        if field.data and self.from_on.data and field.data < self.from_on.data:
            raise ValidationError(_l("The last day comes after the first."))
        if field.data and self.from_on.data and (field.data - self.from_on.data).days > MOST_DAYS:
            raise ValidationError(_l("A rotation lasts a year at most."))

    def validate_supervisor(self, field: SelectField) -> None:
        if whole_number(field.data) is None:
            raise ValidationError(_l("Choose a supervisor."))

    def proposal(self, tasks: tuple[TaskItem, ...]) -> RotationProposal:
        """Return the frozen input; call after the form was validated."""
        assert self.from_on.data and self.until_on.data  # noqa: S101 - the form was validated
        return RotationProposal(
            employee_id=self.employee.data or 0,
            host_team_id=self.team.data or 0,
            supervisor_id=whole_number(self.supervisor.data) or 0,
            from_on=self.from_on.data,
            until_on=self.until_on.data,
            tasks=tasks,
            note=self.note.data or "",
            request_key=self.request_key.data or None,
        )


class TaskForm(Form):
    note = TextAreaField(_l("Note"), [Optional(), AtMost(1000)])


class CallOffForm(Form):
    reason = TextAreaField(
        _l("Why?"), [DataRequired(_l("Give a reason; the others will read it.")), AtMost(500)]
    )
