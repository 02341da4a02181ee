"""What a quiz's answers say about its questions: figures for authors and HR, no names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import render_template

from app.quizzes import access, queries
from app.quizzes.guessing import question_facts
from app.quizzes.marking import Item, Outcome, mark_question
from app.quizzes.queries import QuizFacts, Slot
from app.quizzes.question_json import response_from_json
from app.quizzes.statistics import MINIMUM_ATTEMPTS, QuizStatistics, quiz_statistics
from app.quizzes.statistics_input import MarkedAttempt, MarkedResponse, QuestionFacts
from app.quizzes.views_base import bp
from app.web.guard import allowed

Facts = dict[tuple[str, int], QuestionFacts]


@bp.get("/authoring/quizzes/<module_id>/<activity_id>/statistics")
@allowed("authors and HR", lambda actor: actor.is_author or actor.is_hr)
def statistics(module_id: str, activity_id: str) -> Any:
    quiz = access.get_quiz(module_id, activity_id)
    slots: dict[tuple[str, int], Slot] = {}
    figures = _figures(quiz, slots)
    return render_template(
        "quizzes/statistics.html", quiz=quiz, figures=figures, slots=slots, needed=MINIMUM_ATTEMPTS
    )


def _figures(quiz: QuizFacts, slots: dict[tuple[str, int], Slot]) -> QuizStatistics:
    """Compute over each person's first finished attempt: later ones have seen the answers."""
    first = {each.person_id: each for each in queries.handed_in_attempts(quiz.activity_key)}
    by_attempt = queries.slots_of([each.id for each in first.values()])
    places = {
        question_id: place for place, question_id in enumerate(queries.question_ids(quiz.activity_key), 1)
    }
    facts: Facts = {}

    def attempts() -> Iterator[MarkedAttempt]:
        for attempt_id, answered in by_attempt.items():
            responses = []
            for slot in answered:
                mark = mark_question(
                    Item(
                        slot.question,
                        response_from_json(slot.response),
                        manual_fraction=slot.manual_fraction,
                    )
                )
                if mark.outcome is Outcome.NOT_MARKED:
                    continue
                version = (slot.question_id, slot.question_version)
                slots.setdefault(version, slot)
                if version not in facts:
                    facts[version] = question_facts(slot.question)
                responses.append(
                    MarkedResponse(
                        position=places.setdefault(slot.question_id, len(places) + 1),
                        question=slot.question_id,
                        version=slot.question_version,
                        max_mark=mark.max_mark,
                        mark=None if mark.pending else mark.mark,
                        answered=mark.answered,
                        chosen=mark.keys,
                    )
                )
            yield MarkedAttempt(str(attempt_id), tuple(responses))

    # The facts are gathered while the attempts go by, and read only after the last one.
    return quiz_statistics(attempts(), facts)
