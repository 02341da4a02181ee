"""Turn a programme into JSON and back, so that what was loaded is what is judged. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app.curriculum.definitions import Metric
from app.onboarding.definitions import Milestone, Programme, Rule, Step


def to_json(programme: Programme) -> dict[str, Any]:
    """Return the programme as plain lists and mappings."""
    return asdict(programme) | {
        "job_role_keys": list(programme.job_role_keys),
        "metrics": [asdict(metric) for metric in programme.metrics],
        "milestones": [
            {"id": m.id, "title": m.title, "steps": [asdict(s) | {"rule": str(s.rule)} for s in m.steps]}
            for m in programme.milestones
        ],
    }


def from_json(stored: Mapping[str, Any]) -> Programme:
    """Return the programme that `to_json` stored."""
    return Programme(
        **{
            **stored,
            "job_role_keys": tuple(stored["job_role_keys"]),
            "metrics": tuple(Metric(**metric) for metric in stored["metrics"]),
            "milestones": tuple(
                Milestone(
                    m["id"], m["title"], tuple(Step(**{**s, "rule": Rule(s["rule"])}) for s in m["steps"])
                )
                for m in stored["milestones"]
            ),
        }
    )
