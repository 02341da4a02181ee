"""Say in plain words what a figure of the quiz statistics means for the author of the quiz.

The limits are those of Moodle's "Quiz report statistics" page (docs.moodle.org), which took them from the
Open University's practice; the words are our own. Every text here is a whole sentence that a page can
show, and translate, as it stands.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """State one figure and its plain reading; without a value the reading says why there is none.

    `needed` is how many attempts the figure takes, where too few are there.
    """

    value: float | None
    reading: str
    needed: int | None = None


NO_ATTEMPTS = "Nobody has finished this yet."
TOO_FEW = "Too few attempts for this figure."
ALL_THE_SAME = "Everybody earned the same mark, so there is nothing to compare."
REST_THE_SAME = "Everybody earned the same on the other questions, so there is nothing to compare with."
ONE_QUESTION = "The quiz asks a single question, so there are no others to compare with."
NO_MARKS = "This question carries no marks."
NO_GUESS = "Guessing has no meaning for this type of question."
NEGATIVE_WEIGHT = (
    "Learners who do well here do worse on the whole quiz, so its weight cannot be given: check the key."
)

# (upper limit, reading): the first row whose limit is above the value applies.
Limits = tuple[tuple[float, str], ...]
END = float("inf")

FACILITY: Limits = (
    (6, "Extremely difficult, or something is wrong with the question: check the key."),
    (11, "Very difficult."),
    (21, "Difficult."),
    (35, "Moderately difficult."),
    (66, "About right for the average learner."),
    (81, "Fairly easy."),
    (90, "Easy."),
    (95, "Very easy."),
    (END, "Extremely easy: nearly everybody knows this."),
)
ITEM_SD: Limits = (
    (
        33.333333,
        "Most learners earn much the same mark here, so the question tells little about who knows more.",
    ),
    (END, "The marks are spread out enough to tell learners apart."),
)
DISCRIMINATION: Limits = (
    (0, "The best learners get this one wrong: check the key."),
    (20, "Very weak: knowing the rest of the quiz hardly helps here."),
    (30, "Weak: this question says little about who knows the subject."),
    (50, "Adequate: learners who know the rest tend to get this right."),
    (END, "Very good: learners who know the rest get this right."),
)
# Two standard errors of a correlation of none are 2/√n (Fisher 1921): an index within them proves nothing.
NEGATIVE_BY_CHANCE = (
    "The best learners get this one wrong, though with this few attempts that may be chance: check the key."
)
EFFICIENCY: Limits = (
    (0, "The best learners get this one wrong: check the key."),
    (50, "For how hard it is, this question could tell learners apart better."),
    (END, "For how hard it is, this question tells learners apart well."),
)
GUESS: Limits = (
    (41, "Guessing earns little here."),
    (END, "Guessing alone earns much of the mark: add wrong answers that could be true."),
)
WEIGHT: Limits = ((END, "How much of the quiz this question was meant to decide."),)
EFFECTIVE_WEIGHT: Limits = ((END, "How much of the differences between learners this question decides."),)
MEAN: Limits = (
    (50, "Hard: below half of the marks on average."),
    (75.000001, "Neither too hard nor too easy."),
    (END, "Easy: above three quarters of the marks on average. Right for a check of must-know facts."),
)
MEDIAN: Limits = ((END, "Half of the attempts earned less than this."),)
QUIZ_SD: Limits = (
    (12, "The marks lie close together, so the quiz hardly tells learners apart."),
    (18.000001, "The marks are well spread."),
    (END, "The marks are spread widely."),
)
SKEWNESS: Limits = (
    (-1, "A long tail of low marks: the quiz hardly tells good from very good."),
    (1.000001, "The marks lie evenly around the mean, or nearly so."),
    (END, "A long tail of high marks: the quiz hardly tells apart those near the pass mark."),
)
KURTOSIS: Limits = (
    (0, "The marks are flatter than a bell curve."),
    (1.000001, "The marks are about bell-shaped."),
    (
        END,
        "Most marks sit at the middle: the quiz hardly tells average learners from very good or weak ones.",
    ),
)
CONSISTENCY: Limits = (
    (64, "The questions do not measure one thing well enough to rank people by this quiz."),
    (75, "The questions measure one thing fairly well."),
    (END, "The questions measure one thing well."),
)
ERROR_RATIO: Limits = (
    (50, "Less than half of the spread of marks is chance."),
    (END, "More than half of the spread of marks is chance: do not rank people by it."),
)
STANDARD_ERROR: Limits = (
    (8, "Small enough: a mark is likely to be within this of what the learner knows."),
    (END, "Large: the same learner could easily have earned a different result."),
)
CHOICE_RIGHT: Limits = (
    (0, "The better learners avoid this answer although it earns marks: check the key."),
    (END, "The better learners choose this, as they should."),
)
CHOICE_WRONG: Limits = (
    (0.000001, "Draws weaker learners, as a wrong answer should."),
    (END, "Draws the better learners although it earns nothing: check the key or the wording."),
)
ALL_CHOSE = "Everybody chose this, so there is nobody to compare with."
CHOICE_UNKNOWN: Limits = (
    (0, "Drawn by weaker learners."),
    (0.000001, "Drawn by weaker and better learners alike."),
    (END, "Drawn by better learners."),
)
CHOOSERS_REST = "Mean result of its choosers on the other questions."
NEVER_CHOSEN_WRONG = "Nobody chose this: it takes up reading time and catches no one."
NEVER_CHOSEN_RIGHT = "Nobody chose this although it earns marks: check the key."


def read_figure(value: float, limits: Limits) -> Figure:
    """Give a value the reading of the first limit above it."""
    return Figure(value, next(reading for limit, reading in limits if value < limit))


def no_figure(reason: str) -> Figure:
    """State that there is no figure, and why."""
    return Figure(None, reason)


def too_few(attempts: int, needed: int) -> Figure:
    """State that a figure needs more attempts than there are."""
    return Figure(None, TOO_FEW if attempts else NO_ATTEMPTS, needed)
