"""The framework refuses what cannot be meant, and knows when its meaning changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.competency.framework import Clearance, Competency, Framework, JobRoleTargets
from app.competency.kinds import EvidenceKind

WORDS = {1: "a", 2: "b", 3: "c", 4: "d"}
BASICS = Competency("basics", "Basics", "sales", "…", WORDS)
LEAD = Competency("lead", "Spot a lead", "sales", "…", WORDS, ("basics",), {3: 6})
AGENT = JobRoleTargets("agent", "Agent", "support", {"lead": 2})
CLEAR = Clearance("clear", "Qualify", "sales", "…", {"lead": 2}, {"lead": 3})
WHOLE = Framework("core", "Core", (BASICS, LEAD), (AGENT,), (CLEAR,))


def test_validity_defaults_to_a_year() -> None:
    assert [each.validity_months for each in LEAD.requirements()] == [12, 12, 6, 12]


@pytest.mark.parametrize(
    "make",
    [
        lambda: replace(LEAD, descriptors={1: "a"}),
        lambda: replace(LEAD, validity_months={5: 6}),
        lambda: replace(LEAD, validity_months={1: 0}),
        lambda: replace(LEAD, level_1_needs=(EvidenceKind.OBSERVE,)),
        lambda: replace(WHOLE, competencies=(BASICS, BASICS, LEAD)),
        lambda: replace(WHOLE, competencies=(LEAD,)),
        lambda: replace(WHOLE, competencies=(replace(BASICS, prerequisites=("lead",)), LEAD)),
        lambda: replace(WHOLE, job_roles=(replace(AGENT, targets={"none": 1}),)),
        lambda: replace(WHOLE, job_roles=(replace(AGENT, targets={"lead": 5}),)),
        lambda: replace(WHOLE, clearances=(replace(CLEAR, independent={"none": 1}),)),
    ],
)
def test_impossible_definitions_are_refused(make: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        make()  # type: ignore[operator]


def test_fingerprint_changes_with_meaning_only() -> None:
    same = replace(WHOLE, competencies=(BASICS, replace(LEAD, descriptors=dict(reversed(WORDS.items())))))
    assert WHOLE.fingerprint() == same.fingerprint()
    assert WHOLE.fingerprint() != replace(WHOLE, job_roles=()).fingerprint()
    assert WHOLE.competency("lead") is LEAD
    with pytest.raises(KeyError):
        WHOLE.competency("none")
