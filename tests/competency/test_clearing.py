"""Clearances: what levels open, until when, and what a grace keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.competency.clearing import standing_of, with_grace
from app.competency.framework import Clearance

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SOON, LATER = NOW + timedelta(days=10), NOW + timedelta(days=99)
QUALIFY = Clearance("qualify", "Qualify a lead", "sales", "…", {"lead": 2}, {"lead": 3, "crm": 1})


@pytest.mark.parametrize(
    ("until", "standing", "end", "gaps"),
    [
        ({}, "none", None, (("lead", 2, 0),)),
        ({"lead": (LATER, None)}, "none", None, (("lead", 2, 1),)),
        ({"lead": (LATER, SOON, None, None)}, "supervised", SOON, (("lead", 3, 2), ("crm", 1, 0))),
        ({"lead": (LATER, LATER, LATER, None)}, "supervised", LATER, (("crm", 1, 0),)),
        ({"lead": (LATER, LATER, LATER, None), "crm": (SOON,)}, "independent", SOON, ()),
        ({"lead": (LATER, NOW, None, None)}, "none", None, (("lead", 2, 1),)),
    ],
)
def test_standing_follows_the_levels_held(until: dict, standing: str, end: object, gaps: tuple) -> None:
    seen = standing_of(QUALIFY, until, NOW)
    assert (seen.standing, seen.until, seen.gaps) == (standing, end, gaps)


def test_grace_keeps_what_a_framework_change_would_take() -> None:
    kept = with_grace(standing_of(QUALIFY, {}, NOW), "supervised", SOON)
    assert (kept.standing, kept.until, kept.grace_until) == ("supervised", SOON, SOON)


def test_grace_never_lowers_a_standing() -> None:
    held = standing_of(QUALIFY, {"lead": (LATER,) * 3, "crm": (LATER,)}, NOW)
    assert with_grace(held, "supervised", SOON) is held
