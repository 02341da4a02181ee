"""A small module with a quiz of every question type, loaded the way files are."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.authoring.reader import read_library
from app.competency import service_framework
from app.curriculum import service as curriculum
from app.curriculum.definitions import Activity, ActivityKind, Catalogue, Module
from app.db import transaction
from app.quizzes import formats
from app.quizzes.definitions import QuizDefinition
from app.quizzes.question import Question
from app.quizzes.service_bank import load_quizzes
from config import ROOT
from tests.support.factories import NOW

KEY = "calm/check"
GIFT = r"""
// [id:c-1] [tag:keep-calm]
::Heard::[markdown]A caller shouts. What comes **first**?{
=Listen #A heard caller slows down.
~Explain #They cannot hear it yet.
~Transfer
}

// [id:c-2] [tag:keep-calm]
::Calming::Which of these calm?{
~%50%A slower voice
~%50%Their own words
~%-50%A policy #It closes the ear.
~%-50%A joke
}

// [id:c-3] [tag:keep-calm]
::Pause::A pause of three seconds is fine.{T #Right. #It gives room.}

// [id:c-4] [tag:sell-well]
::Word::What do you repeat back? Their own {=words =word} before yours.

// [id:c-5] [tag:sell-well]
::Count::How many seconds of pause are the least?{#3:0.5 =%50%2:0}

// [id:c-6] [tag:sell-well]
::Pairs::Match.{=Anger -> Name it =Silence -> Wait =Tears -> Offer time}

::Note::This is only to read: <b>breathe</b> <script>alert(1)</script>

// [id:c-7] [tag:sell-well]
::Pick::A calm voice is {=slower ~faster ~louder} than theirs.
"""
ESSAY = r"""

// [id:c-8] [tag:sell-well]
::Write::Write your first two sentences to an angry caller.{}
"""


def read(gift: str = GIFT) -> tuple[Question, ...]:
    result = formats.read(gift.encode(), "gift")
    assert not result.errors
    return result.questions


def load(now: datetime = NOW, gift: str = GIFT, **rules: object) -> list[str]:
    """Load the test library's framework, one module with a quiz, and one that waits for it."""
    library = read_library(ROOT / "tests/authoring/library").library
    assert library is not None
    framework = library.framework
    module = Module(
        id="calm",
        title="Calm",
        summary="Stay calm.",
        audience=("everyone",),
        competency_ids=("keep-calm", "sell-well"),
        prerequisites=(),
        activities=(Activity("check", ActivityKind.QUIZ, "Check yourself", 5, ("keep-calm", "sell-well")),),
    )
    gated = replace(module, id="later", title="Later", prerequisites=("calm",))
    quiz = QuizDefinition(KEY, "Check yourself", 5, read(gift), **rules)  # type: ignore[arg-type]
    other = replace(quiz, activity_key="later/check", questions=())
    with transaction():
        service_framework.load_framework(framework, now)
        curriculum.load_catalogue(Catalogue((module, gated), ()), now)
        return load_quizzes([quiz, other], now)
