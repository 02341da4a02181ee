"""Draw questions of every type, with texts that try to break a writer."""

from dataclasses import fields, replace
from decimal import Decimal

from hypothesis import Phase, settings
from hypothesis import strategies as st

from app.quizzes.formats.gift_answers import plain_number
from app.quizzes.formats.media import media_names
from app.quizzes.formats.names import clean_name
from app.quizzes.formats.source import BLANKS
from app.quizzes.formats.weights import POSITIVE
from app.quizzes.question import Answer, Pair, Question, QuestionType, Text, TextFormat, true_false_answers

# No shrinking: a failing draw of several questions takes minutes to shrink on a small machine.
SETTINGS = settings(
    max_examples=60,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
)
HARD = [
    "=",
    "~",
    "#",
    "{",
    "}",
    ":",
    "\\",
    "\n",
    "%50%",
    "[html]",
    "####",
    "->",
    "//",
    "::",
    "$CATEGORY:",
    "&amp;",
]
HARD += [
    "<b>x</b>",
    "]]>",
    "_____",
    "0",
    "T",
    "Ж",
    "שלום",
    "🙂",
    "\u00a0",
    " ",
    "%",
    "'",
    '"',
    "<",
    ">",
    "\t",
]
LETTERS = st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=("Cs", "Cc", "Cn"))


def words(min_size: int = 1) -> st.SearchStrategy[str]:
    """Draw a text that no reader would trim."""
    bits = st.lists(st.one_of(st.sampled_from(HARD), st.text(LETTERS, max_size=6)), min_size=1, max_size=6)
    return bits.map("".join).map(lambda text: text.strip(BLANKS)).filter(lambda text: len(text) >= min_size)


def texts(min_size: int = 0) -> st.SearchStrategy[Text]:
    return st.builds(Text, st.one_of(words(min_size), st.just("plain words")), st.sampled_from(TextFormat))


names = words().map(clean_name).filter(bool)
fractions = st.sampled_from([0.0, *POSITIVE, *(-weight for weight in POSITIVE)])
numbers = st.decimals(Decimal("-1e9"), Decimal("1e9"), places=4)


@st.composite
def choices(draw: st.DrawFn) -> dict:
    single = draw(st.booleans())
    answers = draw(st.lists(st.builds(Answer, texts(1), fractions, texts()), min_size=2, max_size=5))
    if single:
        answers[draw(st.integers(0, len(answers) - 1))] = Answer(draw(texts(1)), 1.0, draw(texts()))
    return {"answers": tuple(answers), "single": single}


@st.composite
def short_answers(draw: st.DrawFn) -> dict:
    plain = words().map(lambda text: Text(text, TextFormat.PLAIN))
    first = Answer(draw(plain), 1.0, draw(texts()))
    more = draw(st.lists(st.builds(Answer, plain, fractions, texts()), max_size=3))
    return {"answers": (first, *more)}


@st.composite
def numerical_answers(draw: st.DrawFn) -> dict:
    def number(value: Decimal, fraction: float, feedback: Text, tolerance: Decimal) -> Answer:
        return Answer(Text(plain_number(value), TextFormat.PLAIN), fraction, feedback, abs(tolerance))

    found = [number(draw(numbers), 1.0, draw(texts()), draw(numbers))]
    found += draw(st.lists(st.builds(number, numbers, fractions, texts(), numbers), max_size=3))
    if draw(st.booleans()):
        found.append(Answer(Text("*", TextFormat.PLAIN), 0.0, draw(texts()), Decimal(0)))
    return {"answers": tuple(found)}


@st.composite
def matching_pairs(draw: st.DrawFn) -> dict:
    pairs = draw(st.lists(st.builds(Pair, texts(), words()), min_size=1, max_size=4))
    return {"pairs": (Pair(draw(texts(1)), draw(words())), *pairs)}


def extras(kind: QuestionType) -> st.SearchStrategy[dict]:
    match kind:
        case QuestionType.MULTICHOICE:
            return choices()
        case QuestionType.TRUEFALSE:
            return st.builds(true_false_answers, st.booleans(), texts(), texts()).map(
                lambda a: {"answers": a}
            )
        case QuestionType.SHORTANSWER:
            return short_answers()
        case QuestionType.NUMERICAL:
            return numerical_answers()
        case QuestionType.MATCHING:
            return matching_pairs()
        case _:
            return st.just({})


@st.composite
def questions(draw: st.DrawFn, kinds: tuple[QuestionType, ...] = tuple(QuestionType)) -> Question:
    """Draw a question with only what every writer must keep."""
    kind = draw(st.sampled_from(kinds))
    is_description = kind is QuestionType.DESCRIPTION
    question = Question(
        type=kind,
        name=draw(names),
        text=draw(texts(1)),
        default_mark=Decimal(0 if is_description else 1),
        general_feedback=Text() if is_description else draw(texts()),
        **draw(extras(kind)),
    )
    return replace_media(question)


def replace_media(question: Question) -> Question:
    return replace(question, media=media_names(question))


def differences(before: list[Question], after: list[Question]) -> list[tuple]:
    """Return (name, field, before, after) for whatever two lists of questions do not share."""
    if len(before) != len(after):
        return [("number of questions", len(before), len(after))]
    return [
        (old.name, field.name, getattr(old, field.name), getattr(new, field.name))
        for old, new in zip(before, after, strict=True)
        for field in fields(Question)
        if field.compare and getattr(old, field.name) != getattr(new, field.name)
    ]
