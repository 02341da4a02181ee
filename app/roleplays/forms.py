"""Read what the pages send into frozen values; nothing here decides anything."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired

from app.facts import Impossible
from app.roleplays.definitions import RolePlayDefinition
from app.roleplays.sheet import NOTE_LENGTH, Sheet
from app.web.forms import AtMost, Form, typed, whole_number

NOT_ASSESSED = "na"


class Unreadable(Impossible):
    """A field holds something the page never offers."""


class DeclineForm(Form):
    reason = TextAreaField(
        _l("Why not?"),
        [AtMost(NOTE_LENGTH)],
        description=_l("The learner reads this, so that they know whom to ask next."),
    )


class SignForm(Form):
    answer = RadioField(_l("What did you see?"), [InputRequired(_l("Choose one."))])
    note = TextAreaField(
        _l("Note for the learner"),
        [DataRequired(_l("Say what you saw; one sentence is enough.")), AtMost(NOTE_LENGTH)],
        description=_l("What went well, and what would make it better next time."),
    )


def read_sheet(sent: Mapping[str, str], definition: RolePlayDefinition) -> Sheet:
    """Return what was entered; fields that were not sent are not mentioned. Raises Unreadable, Unfit."""
    scores, notes = {}, {}
    for criterion in definition.criteria:
        if f"score:{criterion.id}" in sent:
            scores[criterion.id] = _level(sent[f"score:{criterion.id}"])
        if f"note:{criterion.id}" in sent:
            notes[criterion.id] = typed(sent, f"note:{criterion.id}", _note_on(criterion.title), NOTE_LENGTH)
    return Sheet(
        scores,
        notes,
        typed(sent, "overall_note", _("What should they keep, what should they try next?"), NOTE_LENGTH)
        if "overall_note" in sent
        else None,
        _level(sent["global_rating"]) if "global_rating" in sent else None,
    )


def read_levels(sent: Mapping[str, str], keys: tuple[str, ...]) -> dict[str, int]:
    """Return the level chosen for each criterion that has one. Raises Unreadable."""
    chosen = {key: _level(sent[f"score:{key}"]) for key in keys if sent.get(f"score:{key}")}
    return {key: level for key, level in chosen.items() if level is not None}


def read_id(sent: Mapping[str, str], name: str) -> int | None:
    """Return an id that was chosen, or None."""
    return whole_number(sent.get(name))


def _note_on(title: str) -> str:
    return _("Note on “%(title)s”", title=title)


def _level(value: str) -> int | None:
    if value == NOT_ASSESSED:
        return None
    if value not in {"0", "1", "2", "3", "4"}:
        raise Unreadable(value)
    return int(value)
