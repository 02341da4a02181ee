"""Read answers from what a page sent, with or without scripts: the field names are the same.

`q-3` holds the answer at position 3 (`q-3-0`, `q-3-1` … for the stems of a matching question), `v-3` the
version of the answer that the page showed and `b-3` its sign, `page` and `step` name the page and its save.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms.fields import IntegerField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional

from app.quizzes.answer_text import LONGEST_NUMBER, same_text
from app.quizzes.marking import Response
from app.quizzes.question import Question, QuestionType
from app.quizzes.service import Given
from app.web.forms import AtMost, Form, typed, whole_number
from app.web.refusals import Refusal

LONGEST_TEXT = 1_000
PAGE_NAME_LENGTH = 32
LONGEST_ESSAY = 40_000


def positions_in(form: Mapping[str, str]) -> list[int]:
    """Return the positions whose answers a page sent."""
    return [position for name in form if name.startswith("v-") and (position := whole_number(name[2:]))]


def read_answers(form: MultiDict[str, str], questions: Mapping[int, Question]) -> dict[int, Given]:
    """Return the answers a page sent to questions, by position; positions it did not show are left out.

    Raises Refusal for an answer that the page could not have offered.
    """
    page = form.get("page", "")
    if len(page) > PAGE_NAME_LENGTH:
        raise Refusal()
    return {
        position: Given(
            response=read_response(form, question, position),
            version=_whole(form, f"v-{position}"),
            base=form.get(f"b-{position}", ""),
            page=page,
            step=_whole(form, "step"),
        )
        for position, question in questions.items()
        if f"v-{position}" in form and question.type is not QuestionType.DESCRIPTION
    }


def read_response(form: MultiDict[str, str], question: Question, position: int) -> Response:
    """Return the response to one question. Raises Refusal for what the page did not offer."""
    name = f"q-{position}"
    match question.type:
        case QuestionType.MULTICHOICE | QuestionType.TRUEFALSE:
            return Response(choices=_choices(form, name, question))
        case QuestionType.MATCHING:
            stems = sum(bool(pair.stem) for pair in question.pairs)
            given = [form.get(f"{name}-{index}", "") for index in range(stems)]
            for text in given:
                if text and not any(same_text(text, pair.answer) for pair in question.pairs):
                    raise Refusal()
            return Response(matches=tuple(given) if any(given) else ())
        case QuestionType.ESSAY:
            return Response(text=typed(form, name, _("Your answer"), LONGEST_ESSAY))
        case QuestionType.NUMERICAL:
            return Response(text=typed(form, name, _("Your answer, a number"), LONGEST_NUMBER))
        case _:
            label = _("Missing word") if question.has_blank else _("Your answer, in a word or a few")
            return Response(text=typed(form, name, label, LONGEST_TEXT))


def _choices(form: MultiDict[str, str], name: str, question: Question) -> tuple[int, ...]:
    raw = [value for value in form.getlist(name) if value != ""]
    numbers = {whole_number(value) for value in raw}
    chosen = tuple(
        sorted(number for number in numbers if number is not None and number < len(question.answers))
    )
    if len(chosen) != len(numbers):
        raise Refusal()
    if len(chosen) > 1 and (question.single or question.type is QuestionType.TRUEFALSE):
        raise Refusal()
    return chosen


def _whole(form: Mapping[str, str], name: str) -> int:
    return whole_number(form.get(name, "")) or 0


class GradeForm(Form):
    """What an assessor gives for one free answer."""

    share = RadioField(
        _l("How much of it is there?"),
        choices=[
            SelectChoice("100", _l("All of it")),
            SelectChoice("75", _l("Most of it")),
            SelectChoice("50", _l("Half of it")),
            SelectChoice("25", _l("A little")),
            SelectChoice("0", _l("None of it")),
        ],
        validators=[InputRequired(_l("Choose one."))],
    )
    comment = TextAreaField(
        _l("What should they keep, and what next?"),
        validators=[Optional(), AtMost(4_000)],
        description=_l("The learner reads this."),
    )


class ExtraTimeForm(Form):
    """Extra time for one person."""

    person_id = SelectField(_l("Person"), coerce=int)
    percent = IntegerField(
        _l("Extra time in per cent"),
        validators=[InputRequired(), NumberRange(0, 300)],
        description=_l("25 turns 20 minutes into 25. 0 takes it away."),
    )
