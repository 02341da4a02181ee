"""The whole set of curriculum files, read and ready to load."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.authoring.problems import Problem
from app.competency.framework import Framework
from app.curriculum.definitions import Catalogue
from app.onboarding.definitions import Programme
from app.playbook.definitions import Article, Term
from app.quizzes.definitions import QuizDefinition
from app.roleplays.definitions import RolePlayDefinition


@dataclass(frozen=True)
class Library:
    """Everything that a valid set of files says."""

    framework: Framework
    catalogue: Catalogue
    quizzes: tuple[QuizDefinition, ...]
    role_plays: tuple[RolePlayDefinition, ...]
    articles: tuple[Article, ...]
    terms: tuple[Term, ...]
    programmes: tuple[Programme, ...]


@dataclass(frozen=True)
class Reading:
    """What reading a folder gave: the faults, the library where there are none, and warnings to authors."""

    problems: tuple[Problem, ...] = field(default=())
    library: Library | None = None
    warnings: tuple[Problem, ...] = field(default=())
