"""Say what random guessing earns on a question, and list its answers for the statistics."""

from app.quizzes.answer_text import tidy
from app.quizzes.marking import NO_MATCH, answer_key, match_key
from app.quizzes.question import Question, QuestionType
from app.quizzes.statistics_input import QuestionFacts


def random_guess_score(question: Question) -> float | None:
    """Give the fraction that guessing earns on average; None where it cannot be said.

    Source: `get_random_guess_score` of Moodle's question types. One choice: the mean of the fractions (none
    counts less than 0 here, as in marking); several choices: not computable; typed answers: the fraction of
    a catch-all `*`; matching: one over the number of different answers; essay 0.
    """
    match question.type:
        case QuestionType.TRUEFALSE | QuestionType.MULTICHOICE:
            if not question.answers or not (question.single or question.type is QuestionType.TRUEFALSE):
                return None
            return sum(max(0.0, answer.fraction) for answer in question.answers) / len(question.answers)
        case QuestionType.SHORTANSWER | QuestionType.NUMERICAL:
            catch_all = (a.fraction for a in question.answers if a.text.text.strip() == "*")
            return max(0.0, next(catch_all, 0.0))
        case QuestionType.MATCHING:
            choices = {tidy(pair.answer) for pair in question.pairs}
            return 1 / len(choices) if choices else None
        case QuestionType.ESSAY:
            return 0.0
    return None


def question_facts(question: Question) -> QuestionFacts:
    """Gather what the statistics show of a question beside its responses."""
    answers: dict[str, float] = {}
    if question.type is QuestionType.MATCHING:
        stems = [pair for pair in question.pairs if pair.stem]
        for index, stem in enumerate(stems):
            for pair in question.pairs:
                right = tidy(pair.answer) == tidy(stem.answer)
                answers[match_key(index, pair.answer)] = 1 / len(stems) if right else 0.0
    else:
        answers = {answer_key(index): answer.fraction for index, answer in enumerate(question.answers)}
        if question.type in (QuestionType.SHORTANSWER, QuestionType.NUMERICAL):
            answers[NO_MATCH] = 0.0
    return QuestionFacts(random_guess_score(question), answers)
