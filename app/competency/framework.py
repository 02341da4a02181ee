"""What the competency framework says: abilities, levels, targets, clearances. Pure, frozen.

The authoring package reads the YAML file and builds these; `competency.service.load_framework` stores them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from app.competency.kinds import COACHING, MAX_LEVEL, SIGN_OFFS, EvidenceKind

DEFAULT_VALIDITY_MONTHS = 12
SHARED_OWNER = "shared"

QUIZ_PASS_PERCENT = 80.0
ROLE_PLAY_PASS_MEAN = 3.0
SIGN_OFF_COUNT = 3
SIGN_OFF_DAYS = 2
SIGN_OFF_LEVEL = 3
COACHING_COUNT = 3
COACHING_RATING = 4.0


@dataclass(frozen=True, slots=True)
class Need:
    """Ask for `count` pieces of evidence of some kinds; scores are in the unit of the kind.

    Units: quiz per cent, role-play mean of 4, coaching rating of 5.
    """

    kinds: tuple[EvidenceKind, ...]
    count: int = 1
    days: int = 1
    min_score: float | None = None
    assessor_level: int | None = None
    """Level that whoever signed must have held; None where anyone may have recorded it."""


@dataclass(frozen=True, slots=True)
class LevelRequirement:
    """State what one level of a competency asks for and how long evidence for it stays valid."""

    level: int
    needs: tuple[Need, ...]
    validity_months: int = DEFAULT_VALIDITY_MONTHS


@dataclass(frozen=True, slots=True)
class Competency:
    """Describe one observable ability with a descriptor for each of the levels 1 to 4."""

    id: str
    title: str
    owner: str
    summary: str
    descriptors: Mapping[int, str]
    prerequisites: tuple[str, ...] = ()
    validity_months: Mapping[int, int] = field(default_factory=dict)
    level_1_needs: tuple[EvidenceKind, ...] = (EvidenceKind.QUIZ,)

    def __post_init__(self) -> None:
        if sorted(self.descriptors) != list(range(1, MAX_LEVEL + 1)):
            raise ValueError(f"{self.id}: one descriptor for each of the levels 1 to 4")
        if any(not 1 <= level <= MAX_LEVEL or months < 1 for level, months in self.validity_months.items()):
            raise ValueError(f"{self.id}: validity is a number of months ≥ 1 for levels 1 to 4")
        if tuple(self.level_1_needs) not in {
            (EvidenceKind.QUIZ,),
            (EvidenceKind.QUIZ, EvidenceKind.OBSERVE),
        }:
            raise ValueError(f"{self.id}: level 1 needs quiz, or quiz and observe")

    def requirements(self) -> tuple[LevelRequirement, ...]:
        """Return what levels 1 to 4 ask for, lowest first."""
        months = {
            level: self.validity_months.get(level, DEFAULT_VALIDITY_MONTHS)
            for level in range(1, MAX_LEVEL + 1)
        }
        first = [Need((EvidenceKind.QUIZ,), min_score=QUIZ_PASS_PERCENT)]
        if EvidenceKind.OBSERVE in self.level_1_needs:
            first.append(Need((EvidenceKind.OBSERVE,)))
        return (
            LevelRequirement(1, tuple(first), months[1]),
            LevelRequirement(2, (Need((EvidenceKind.ROLE_PLAY,), min_score=ROLE_PLAY_PASS_MEAN),), months[2]),
            LevelRequirement(
                3,
                (Need(SIGN_OFFS, SIGN_OFF_COUNT, SIGN_OFF_DAYS, assessor_level=SIGN_OFF_LEVEL),),
                months[3],
            ),
            LevelRequirement(4, (Need(COACHING, COACHING_COUNT, min_score=COACHING_RATING),), months[4]),
        )


@dataclass(frozen=True, slots=True)
class JobRoleTargets:
    """State which level a job role asks for in which competency."""

    id: str
    title: str
    department: str
    targets: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Clearance:
    """Name a slice of another team's work and the levels that open it."""

    id: str
    title: str
    owner: str
    summary: str
    supervised: Mapping[str, int]
    independent: Mapping[str, int]
    cheat_sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Framework:
    """Hold one version of the whole framework; refuses references to what it does not define."""

    id: str
    title: str
    competencies: tuple[Competency, ...]
    job_roles: tuple[JobRoleTargets, ...] = ()
    clearances: tuple[Clearance, ...] = ()

    def __post_init__(self) -> None:
        known = [competency.id for competency in self.competencies]
        _refuse_repeats("competency", known)
        _refuse_repeats("job role", [role.id for role in self.job_roles])
        _refuse_repeats("clearance", [clearance.id for clearance in self.clearances])
        ids = set(known)
        for competency in self.competencies:
            _refuse_unknown(competency.id, competency.prerequisites, ids)
        for role in self.job_roles:
            _refuse_unknown(role.id, role.targets, ids)
            _refuse_levels(role.id, role.targets)
        for clearance in self.clearances:
            for asked in (clearance.supervised, clearance.independent):
                _refuse_unknown(clearance.id, asked, ids)
                _refuse_levels(clearance.id, asked)
        _refuse_cycles({c.id: c.prerequisites for c in self.competencies})

    def competency(self, competency_id: str) -> Competency:
        """Return one competency; raises KeyError where the framework has none of that id."""
        for competency in self.competencies:
            if competency.id == competency_id:
                return competency
        raise KeyError(competency_id)

    def fingerprint(self) -> str:
        """Return a hash that changes exactly when the meaning of the framework changes."""
        return hashlib.sha256(to_json(self).encode()).hexdigest()


def to_json(framework: Framework) -> str:
    """Return the framework as text that `from_json` reads back; equal frameworks give equal text."""
    return json.dumps(asdict(framework), sort_keys=True, ensure_ascii=False)


def from_json(text: str, fingerprint: str) -> Framework:
    """Rebuild a stored framework. Raises ValueError when it is not the one that had that fingerprint."""
    plain = json.loads(text)
    framework = Framework(
        id=plain["id"],
        title=plain["title"],
        competencies=tuple(
            Competency(
                id=each["id"],
                title=each["title"],
                owner=each["owner"],
                summary=each["summary"],
                descriptors={int(level): words for level, words in each["descriptors"].items()},
                prerequisites=tuple(each["prerequisites"]),
                validity_months={int(level): months for level, months in each["validity_months"].items()},
                level_1_needs=tuple(EvidenceKind(kind) for kind in each["level_1_needs"]),
            )
            for each in plain["competencies"]
        ),
        job_roles=tuple(JobRoleTargets(**each) for each in plain["job_roles"]),
        clearances=tuple(Clearance(**each) for each in plain["clearances"]),
    )
    if framework.fingerprint() != fingerprint:
        raise ValueError("the stored framework is not the one that was loaded")
    return framework


def _refuse_repeats(what: str, ids: list[str]) -> None:
    repeated = sorted({each for each in ids if ids.count(each) > 1})
    if repeated:
        raise ValueError(f"{what} defined twice: {', '.join(repeated)}")


def _refuse_unknown(where: str, asked: Mapping[str, int] | tuple[str, ...], known: set[str]) -> None:
    unknown = sorted(set(asked) - known)
    if unknown:
        raise ValueError(f"{where}: unknown competency {', '.join(unknown)}")


def _refuse_levels(where: str, asked: Mapping[str, int]) -> None:
    if any(not 1 <= level <= MAX_LEVEL for level in asked.values()):
        raise ValueError(f"{where}: a level is 1 to 4")


def _refuse_cycles(prerequisites: Mapping[str, tuple[str, ...]]) -> None:
    done: set[str] = set()
    for start in prerequisites:
        path: list[str] = []
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                path.pop()
                done.add(node)
                continue
            if node in done:
                continue
            if node in path:
                raise ValueError(f"prerequisites form a cycle: {' → '.join([*path, node])}")
            path.append(node)
            stack.append((node, True))
            stack.extend((before, False) for before in prerequisites[node])
