"""Read the framework, the curricula, the programmes and the glossary."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from app.authoring.yamlfile import LONGEST_WORD, Value
from app.competency.framework import Clearance, Competency, JobRoleTargets
from app.competency.kinds import MAX_LEVEL, EvidenceKind
from app.curriculum.definitions import Curriculum, Metric
from app.onboarding.definitions import Milestone, Programme, Rule, Step
from app.playbook.definitions import Term

T = TypeVar("T")
SESSION_KINDS = ("shadowing", "workshop", "rotation", "touchpoint")


def read_competency(value: Value) -> Competency | None:
    """Return one competency of the framework file, or None where it is faulty."""
    fields = value.mapping("id title owner summary levels", "prerequisites validity_months level_1_needs")
    if not {"id", "title", "owner", "summary", "levels"} <= fields.keys():
        return None
    descriptors = _by_level(fields["levels"], lambda v: v.text())
    if sorted(descriptors) != list(range(1, MAX_LEVEL + 1)):
        fields["levels"].fail("Describe each of the levels 1, 2, 3 and 4, as `1: What can be observed.`")
        return None
    needs: tuple[EvidenceKind, ...] = (EvidenceKind.QUIZ,)
    if "level_1_needs" in fields:
        words = [item.choice("quiz", "observe") for item in fields["level_1_needs"].items()]
        needs = (EvidenceKind.QUIZ, EvidenceKind.OBSERVE) if "observe" in words else needs
        if "quiz" not in words:
            fields["level_1_needs"].fail("Level 1 always needs a quiz. Write [quiz] or [quiz, observe].")
    return Competency(
        id=fields["id"].ident(),
        title=fields["title"].title(),
        owner=fields["owner"].ident(),
        summary=fields["summary"].text(),
        descriptors=descriptors,
        prerequisites=fields["prerequisites"].idents() if "prerequisites" in fields else (),
        validity_months=_by_level(fields["validity_months"], lambda v: v.whole(1, 120))
        if "validity_months" in fields
        else {},
        level_1_needs=needs,
    )


def _by_level(value: Value, read: Callable[[Value], T]) -> dict[int, T]:
    out: dict[int, T] = {}
    for key, item in value.mapping().items():
        if key not in {"1", "2", "3", "4"}:
            item.fail(f"`{key}` is not a level. Levels are 1, 2, 3 and 4.")
            continue
        out[int(key)] = read(item)
    return out


def _levels_asked(value: Value) -> dict[str, int]:
    return {name: item.whole(1, MAX_LEVEL) for name, item in value.mapping().items()}


def read_job_role(value: Value) -> JobRoleTargets | None:
    """Return one job role with its target levels."""
    fields = value.mapping("id title department targets")
    if len(fields) < 4:
        return None
    return JobRoleTargets(
        id=fields["id"].ident(),
        title=fields["title"].title(LONGEST_WORD),
        department=fields["department"].ident(),
        targets=_levels_asked(fields["targets"]),
    )


def read_clearance(value: Value) -> Clearance | None:
    """Return one clearance."""
    fields = value.mapping("id title owner summary supervised independent", "cheat_sheet")
    if not {"id", "title", "owner", "summary", "supervised", "independent"} <= fields.keys():
        return None
    return Clearance(
        id=fields["id"].ident(),
        title=fields["title"].title(),
        owner=fields["owner"].ident(),
        summary=fields["summary"].text(),
        supervised=_levels_asked(fields["supervised"]),
        independent=_levels_asked(fields["independent"]),
        cheat_sheet=fields["cheat_sheet"].ident() if "cheat_sheet" in fields else None,
    )


def read_audience(value: Value) -> tuple[str, ...]:
    """Return department keys; `everyone` alone may stand without a list."""
    return (value.text(),) if value.is_scalar else value.idents()


def read_metrics(fields: dict[str, Value]) -> tuple[Metric, ...]:
    """Return the metrics of a curriculum or programme."""
    out = []
    for item in fields["metrics"].items() if "metrics" in fields else []:
        metric = item.mapping("name unit baseline target")
        if len(metric) == 4:
            out.append(
                Metric(
                    name=metric["name"].title(),
                    unit=metric["unit"].title(),
                    baseline=metric["baseline"].number(-1e9, 1e9),
                    target=metric["target"].number(-1e9, 1e9),
                )
            )
    return tuple(out)


def read_curriculum(value: Value) -> Curriculum | None:
    """Return one curriculum."""
    fields = value.mapping("id title audience sponsor objective gives_you modules", "metrics")
    if not {"id", "title", "audience", "sponsor", "objective", "gives_you", "modules"} <= fields.keys():
        return None
    return Curriculum(
        id=fields["id"].ident(),
        title=fields["title"].title(),
        audience=read_audience(fields["audience"]),
        sponsor=fields["sponsor"].title(),
        objective=fields["objective"].text(),
        gives_you=fields["gives_you"].text(),
        module_ids=fields["modules"].idents(),
        metrics=read_metrics(fields),
    )


def read_programme(value: Value) -> Programme | None:
    """Return one onboarding programme."""
    fields = value.mapping("id title job_roles sponsor objective gives_you milestones", "metrics")
    if not {"id", "title", "job_roles", "sponsor", "objective", "gives_you", "milestones"} <= fields.keys():
        return None
    milestones = []
    seen: set[str] = set()
    for item in fields["milestones"].items():
        part = item.mapping("id title steps")
        if len(part) < 3:
            continue
        steps = []
        for step_value in part["steps"].items():
            step = _read_step(step_value)
            if step is None:
                continue
            if step.id in seen:
                step_value.fail(f"The step `{step.id}` stands in this programme twice. Rename one.")
            seen.add(step.id)
            steps.append(step)
        milestones.append(Milestone(part["id"].ident(), part["title"].title(), tuple(steps)))
    return Programme(
        id=fields["id"].ident(),
        title=fields["title"].title(),
        job_role_keys=fields["job_roles"].idents(),
        sponsor=fields["sponsor"].title(),
        objective=fields["objective"].text(),
        gives_you=fields["gives_you"].text(),
        metrics=read_metrics(fields),
        milestones=tuple(milestones),
    )


def _read_step(value: Value) -> Step | None:
    rules = "module competency session confirm_by"
    fields = value.mapping("id title due_day", rules)
    if not {"id", "title", "due_day"} <= fields.keys():
        return None
    given = [name for name in rules.split() if name in fields]
    if len(given) != 1:
        value.fail("A step is completed by exactly one of: module, competency, session, confirm_by.")
        return None
    rule = fields[given[0]]
    common = (fields["id"].ident(), fields["title"].title(), fields["due_day"].whole(1, 730))
    if given[0] == "module":
        return Step(*common, Rule.MODULE, rule.ident())
    if given[0] == "confirm_by":
        return Step(*common, Rule.CONFIRM, rule.choice("manager", "hr", "self"))
    if given[0] == "competency":
        part = rule.mapping("id level")
        if len(part) < 2:
            return None
        return Step(*common, Rule.COMPETENCY, part["id"].ident(), level=part["level"].whole(1, MAX_LEVEL))
    part = rule.mapping("kind with count")
    if len(part) < 3:
        return None
    return Step(
        *common,
        Rule.SESSION,
        part["with"].ident(),
        session_kind=part["kind"].choice(*SESSION_KINDS),
        count=part["count"].whole(1, 50),
    )


def read_terms(value: Value) -> tuple[Term, ...]:
    """Return the glossary; a name that stands for two terms is reported."""
    fields = value.mapping("terms")
    out: list[Term] = []
    names: dict[str, str] = {}
    for item in fields["terms"].items() if "terms" in fields else []:
        part = item.mapping("term meaning", "also used_by")
        if not {"term", "meaning"} <= part.keys():
            continue
        also = tuple(v.text() for v in part["also"].items()) if "also" in part else ()
        term = Term(
            term=part["term"].title(LONGEST_WORD),
            also=also,
            meaning=part["meaning"].text(),
            used_by=part["used_by"].idents() if "used_by" in part else (),
        )
        for name in (term.term, *also):
            if name.casefold() in names:
                item.fail(f"`{name}` already stands for {names[name.casefold()]}. Keep one.")
            names[name.casefold()] = term.term
        out.append(term)
    return tuple(out)
