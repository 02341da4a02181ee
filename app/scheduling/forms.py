"""Forms of scheduling: proposals, reasons, debriefs, sign-offs."""

from __future__ import annotations

from datetime import UTC, datetime

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import AnyOf, DataRequired, InputRequired, Optional, ValidationError
from wtforms.widgets import HiddenInput

from app.db import longest
from app.scheduling.availability import is_slot
from app.scheduling.inputs import DebriefNotes, SessionMove, SessionProposal
from app.scheduling.kinds import LENGTHS, Mode, SessionKind
from app.scheduling.models_sessions import ShadowSession
from app.web.forms import AtMost, Form


def parse_moment(text: str | None) -> datetime | None:
    """Read a UTC moment on the half-hour grid from an address or form; None for anything else."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    moment = moment.astimezone(UTC)
    return moment if is_slot(moment) else None


class TimeForm(Form):
    """What choosing a time carries, for a new session and for a move."""

    start = StringField(_l("Time"), [InputRequired(_l("Choose a time."))])
    minutes = IntegerField(
        _l("Minutes"), [AnyOf(LENGTHS, _l("Choose one of the lengths offered."))], widget=HiddenInput()
    )
    override_reason = TextAreaField(_l("Reason for going beyond a limit"), [Optional(), AtMost(500)])

    def validate_start(self, field: StringField) -> None:
        if parse_moment(field.data) is None:
            raise ValidationError(_l("Choose one of the times offered."))

    @property
    def starts_at(self) -> datetime:
        moment = parse_moment(self.start.data)
        assert moment is not None  # noqa: S101 - the form was validated
        return moment


class ProposalForm(TimeForm):
    learner = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    host = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    kind = HiddenField(validators=[AnyOf([kind.value for kind in SessionKind])])
    competency = HiddenField(validators=[Optional(), AtMost(longest(ShadowSession.competency_id))])
    mode = HiddenField(validators=[Optional(), AnyOf([mode.value for mode in Mode])])
    request_key = HiddenField(validators=[Optional(), AtMost(longest(ShadowSession.request_key))])
    note = TextAreaField(_l("What should it be about?"), [Optional(), AtMost(1000)])

    def proposal(self) -> SessionProposal:
        """Return the frozen input; call after the form was validated."""
        return SessionProposal(
            learner_id=self.learner.data or 0,
            host_id=self.host.data or 0,
            kind=SessionKind(self.kind.data),
            starts_at=self.starts_at,
            minutes=self.minutes.data or 0,
            competency_id=self.competency.data or None,
            mode=Mode(mode) if (mode := (self.mode.data or "").strip()) else None,
            note=self.note.data or "",
            override_reason=self.override_reason.data or "",
            request_key=self.request_key.data or None,
        )


class MoveForm(TimeForm):
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    reason = TextAreaField(_l("Why does it move?"), [DataRequired(_l("Say why it moves.")), AtMost(500)])

    def change(self) -> SessionMove:
        """Return the frozen input; call after the form was validated."""
        return SessionMove(
            self.starts_at,
            self.minutes.data or 0,
            self.reason.data or "",
            self.version.data or 0,
            self.override_reason.data or "",
        )


class ReasonForm(Form):
    reason = TextAreaField(
        _l("Why?"), [DataRequired(_l("Give a reason; the others will read it.")), AtMost(500)]
    )


class AcceptForm(Form):
    sequence = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


class DebriefForm(Form):
    saw = TextAreaField(
        _l("What did you see or do?"), [DataRequired(_l("Write a line or two.")), AtMost(2000)]
    )
    learned = TextAreaField(
        _l("What will you do differently?"), [DataRequired(_l("Write a line or two.")), AtMost(2000)]
    )
    next_step = TextAreaField(
        _l("What comes next?"), [DataRequired(_l("Write a line or two.")), AtMost(2000)]
    )

    def notes(self) -> DebriefNotes:
        """Return the frozen input; call after the form was validated."""
        rating = self.rating.data if hasattr(self, "rating") else None
        return DebriefNotes(
            self.saw.data or "",
            self.learned.data or "",
            self.next_step.data or "",
            int(rating) if rating else None,
        )


class LearnerDebriefForm(DebriefForm):
    rating = RadioField(
        _l("How much did the hour give you?"),
        [InputRequired(_l("Choose 1 to 5."))],
        choices=[
            SelectChoice("1", _l("1 · little")),
            SelectChoice("2", "2"),
            SelectChoice("3", "3"),
            SelectChoice("4", "4"),
            SelectChoice("5", _l("5 · a lot")),
        ],
    )


class SignOffForm(Form):
    verdict = RadioField(
        _l("Did the learner do the work well enough to count?"),
        [InputRequired(_l("Choose one."))],
        choices=[
            SelectChoice("yes", _l("Yes, I sign it off")),
            SelectChoice("no", _l("Not yet")),
        ],
    )
    note = TextAreaField(_l("Note for the learner"), [Optional(), AtMost(1000)])
