"""A small framework and quick ways to put facts into the ledger."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime, timedelta

from app.competency import service
from app.competency.framework import Clearance, Competency, Framework, JobRoleTargets
from app.competency.inputs import EvidenceInput, LevelChange
from app.competency.kinds import EvidenceKind as K
from app.db import transaction
from tests.support.factories import NOW

WORDS = {1: "Names signals", 2: "Shows it in practice", 3: "Does it at work", 4: "Coaches others"}
LEAD = Competency("spot-lead", "Spot a lead", "sales", "Recognises a lead in a ticket.", WORDS)
CALM = Competency(
    "de-escalation", "Calm a customer", "support", "Turns an angry talk.", WORDS, ("spot-lead",)
)
AGENT = JobRoleTargets("support-agent", "Support Agent", "support", {"spot-lead": 2, "de-escalation": 3})
SELLER = JobRoleTargets("account-executive", "Account Executive", "sales", {"de-escalation": 1})
QUALIFY = Clearance(
    "qualify-lead",
    "Qualify a lead",
    "sales",
    "You may …",
    {"spot-lead": 2},
    {"spot-lead": 3},
    "spotting-leads",
)
FRAMEWORK = Framework("core", "Core", (LEAD, CALM), (AGENT, SELLER), (QUALIFY,))

_numbers = itertools.count(1)
SCORES = {K.QUIZ: 90.0, K.ROLE_PLAY: 3.4, K.HOSTING: 4.6}


def load(framework: Framework = FRAMEWORK, now: datetime = NOW - timedelta(days=400)) -> None:
    with transaction():
        service.load_framework(framework, now)


def given(
    person_id: int, kind: K, at: datetime = NOW, competency: str = "spot-lead", **more: object
) -> EvidenceInput:
    """A passing fact from a source of its own."""
    base = EvidenceInput(
        person_id=person_id,
        competency_id=competency,
        kind=kind,
        source_kind="test",
        source_id=str(next(_numbers)),
        observed_at=at,
        score=SCORES.get(kind),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def record(*facts: EvidenceInput, now: datetime | None = None) -> list[LevelChange]:
    with transaction():
        return service.record_many(facts, now or max(fact.observed_at for fact in facts))


def bring(
    person_id: int, level: int, assessor_id: int, at: datetime = NOW, competency: str = "spot-lead"
) -> None:
    """Let a person hold a level by prior learning, valid for 300 days."""
    record(
        given(
            person_id,
            K.PRIOR_LEARNING,
            at,
            competency,
            level=level,
            assessor_id=assessor_id,
            valid_until=at + timedelta(days=300),
            note="Came from a similar job",
        )
    )
