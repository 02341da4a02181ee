"""Read a library folder as a whole and check what its files say of each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from app.authoring.framework_file import (
    read_clearance,
    read_competency,
    read_curriculum,
    read_job_role,
    read_programme,
    read_terms,
)
from app.authoring.library import Library, Reading
from app.authoring.module_file import ModuleReader, ModuleReading
from app.authoring.problems import Problems, did_you_mean
from app.authoring.yamlfile import Value, read_yaml
from app.competency.framework import Framework
from app.curriculum.definitions import EVERYONE, Catalogue, Curriculum
from app.onboarding.definitions import Programme, Rule
from app.playbook.definitions import Term

T = TypeVar("T")


def read_library(root: Path) -> Reading:
    """Read `curricula/` and `content/` below a folder; return every fault, or the library."""
    problems = Problems()
    for name in ("curricula/framework.yaml", "content"):
        if not (root / name).exists():
            problems.add(name, 1, 1, "This is missing. A library has curricula/framework.yaml and content/.")
    if problems:
        return Reading(tuple(problems.sorted()))
    reader = _SetReader(root, problems)
    library = reader.read()
    return Reading(tuple(problems.sorted()), None if problems else library, tuple(sorted(problems.doubts)))


class _SetReader:
    def __init__(self, root: Path, problems: Problems) -> None:
        self._root = root
        self._problems = problems

    def read(self) -> Library | None:
        terms = self._terms()
        value = read_yaml(self._root, self._root / "curricula/framework.yaml", self._problems)
        parts = value.mapping("id title competencies job_roles", "clearances") if value else {}
        competencies = _each(parts.get("competencies"), read_competency)
        roles = _each(parts.get("job_roles"), read_job_role)
        clearances = _each(parts.get("clearances"), read_clearance)
        curricula = self._folder("curricula/paths", read_curriculum)
        programmes = self._folder("curricula/programmes", read_programme)
        modules = self._modules(terms)

        ability = {c.id for _, c in competencies}
        departments = {r.department for _, r in roles} | {c.owner for _, c in competencies} - {"shared"}
        for what, pairs in (
            ("competency", [(v, c.id) for v, c in competencies]),
            ("job role", [(v, r.id) for v, r in roles]),
            ("clearance", [(v, c.id) for v, c in clearances]),
            ("curriculum", [(v, c.id) for v, c in curricula]),
            ("programme", [(v, p.id) for v, p in programmes]),
            ("role-play", [(m.place, r.id) for m in modules for r in m.role_plays]),
        ):
            _unique(what, pairs)
        self._unique_questions(modules)
        for place, competency in competencies:
            _known(place, competency.prerequisites, ability, "competency")
        for place, role in roles:
            _known(place, role.targets, ability, "competency")
        for place, clearance in clearances:
            _known(place, (*clearance.supervised, *clearance.independent), ability, "competency")
            if clearance.cheat_sheet:
                sheets = {m.module.id for m in modules if m.article}
                _known(place, (clearance.cheat_sheet,), sheets, "cheat sheet")
        _acyclic(competencies, lambda c: c.prerequisites, "competencies")
        self._check_modules(modules, ability, departments)
        self._check_paths(curricula, modules, departments)
        self._check_programmes(programmes, modules, ability, {r.id for _, r in roles}, departments)
        if self._problems or not parts:
            return None
        return Library(
            framework=Framework(
                parts["id"].ident(),
                parts["title"].title(),
                tuple(c for _, c in competencies),
                tuple(r for _, r in roles),
                tuple(c for _, c in clearances),
            ),
            catalogue=Catalogue(tuple(m.module for m in modules), tuple(c for _, c in curricula)),
            quizzes=tuple(quiz for m in modules for quiz in m.quizzes),
            role_plays=tuple(play for m in modules for play in m.role_plays),
            articles=tuple(m.article for m in modules if m.article),
            terms=terms,
            programmes=tuple(p for _, p in programmes),
        )

    def _terms(self) -> tuple[Term, ...]:
        path = self._root / "curricula/glossary.yaml"
        value = read_yaml(self._root, path, self._problems) if path.exists() else None
        return read_terms(value) if value else ()

    def _folder(self, name: str, read: Callable[[Value], T | None]) -> list[tuple[Value, T]]:
        out = []
        for path in sorted((self._root / name).glob("*.yaml")):
            value = read_yaml(self._root, path, self._problems)
            definition = read(value) if value else None
            if value and definition is not None:
                out.append((value, definition))
        return out

    def _modules(self, terms: tuple[Term, ...]) -> list[ModuleReading]:
        out = []
        for folder in sorted(p for p in (self._root / "content").iterdir() if p.is_dir()):
            if not (folder / "module.yaml").exists():
                self._problems.add(f"content/{folder.name}/module.yaml", 1, 1, "A module needs this file.")
                continue
            reading = ModuleReader(self._root, folder, self._problems, terms).read()
            if reading:
                out.append(reading)
        return out

    def _unique_questions(self, modules: list[ModuleReading]) -> None:
        seen: dict[str, str] = {}
        for reading in modules:
            for quiz in reading.quizzes:
                for question in quiz.questions:
                    path = f"content/{reading.module.id}/questions.gift"
                    if question.id and question.id in seen:
                        self._problems.add(
                            path,
                            question.line,
                            1,
                            f"The id `{question.id}` is taken in {seen[question.id]}. Write another.",
                        )
                    seen.setdefault(question.id, f"{path}:{question.line}")

    def _check_modules(self, modules: list[ModuleReading], ability: set[str], departments: set[str]) -> None:
        ids = {m.module.id for m in modules}
        for reading in modules:
            _audience(reading.place, reading.module.audience, departments)
            _known(reading.place, reading.module.prerequisites, ids, "module")
            for place, audience in reading.audiences:
                _audience(place, audience, departments)
            for place, competency_id in reading.references:
                _known(place, (competency_id,), ability, "competency")
        _acyclic([(m.place, m.module) for m in modules], lambda m: m.prerequisites, "modules")

    def _check_paths(
        self, curricula: list[tuple[Value, Curriculum]], modules: list[ModuleReading], departments: set[str]
    ) -> None:
        ids = {m.module.id for m in modules}
        for place, curriculum in curricula:
            _audience(place, curriculum.audience, departments)
            _known(place, curriculum.module_ids, ids, "module")

    def _check_programmes(
        self,
        programmes: list[tuple[Value, Programme]],
        modules: list[ModuleReading],
        ability: set[str],
        roles: set[str],
        departments: set[str],
    ) -> None:
        known = {
            Rule.MODULE: ({m.module.id for m in modules}, "module"),
            Rule.COMPETENCY: (ability, "competency"),
            Rule.SESSION: (departments, "department"),
            Rule.CONFIRM: ({"manager", "hr", "self"}, "kind of person"),
        }
        for place, programme in programmes:
            _known(place, programme.job_role_keys, roles, "job role")
            for milestone in programme.milestones:
                for step in milestone.steps:
                    _known(place, (step.target,), *known[step.rule])


def _each(value: Value | None, read: Callable[[Value], T | None]) -> list[tuple[Value, T]]:
    pairs = [(item, read(item)) for item in value.items()] if value else []
    return [(item, definition) for item, definition in pairs if definition is not None]


def _unique(what: str, pairs: Iterable[tuple[Value, str]]) -> None:
    pairs = list(pairs)
    counts = Counter(name for _, name in pairs)
    seen: set[str] = set()
    for place, name in pairs:
        if counts[name] > 1 and name in seen:
            place.fail(f"The {what} id `{name}` is taken. Write another.")
        seen.add(name)


def _known(place: Value, names: Iterable[str] | Mapping[str, int], known: set[str], what: str) -> None:
    for name in names:
        if name not in known:
            place.place_of(name).fail(f"There is no {what} `{name}`.{did_you_mean(name, known)}")


def _audience(place: Value, audience: tuple[str, ...], departments: set[str]) -> None:
    _known(place, audience, departments | {EVERYONE}, "department")


def _acyclic(pairs: list[tuple[Value, T]], before: Callable[[T], tuple[str, ...]], what: str) -> None:
    graph = {definition.id: (place, before(definition)) for place, definition in pairs}  # type: ignore[attr-defined]
    state: dict[str, int] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name not in graph or state.get(name) == 2:
            return
        if name in path:
            cycle = " → ".join((*path[path.index(name) :], name))
            graph[name][0].fail(f"These {what} wait for each other: {cycle}. Remove one prerequisite.")
            return
        for earlier in graph[name][1]:
            visit(earlier, (*path, name))
        state[name] = 2

    for name in graph:
        visit(name, ())
