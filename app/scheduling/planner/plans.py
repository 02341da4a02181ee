"""Write plans in the format ``shadowing-plan/1`` and read them back; score them plainly.

A session inside the planner is (requirement, host, start, minutes), all by index.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from .problem import SLOT_MINUTES, Instance
from .reading import Faults, InstanceError, Reader

FORMAT = "shadowing-plan/1"
Session = tuple[int, int, int, int]


def session_row(instance: Instance, session: Session) -> dict[str, Any]:
    """Write one session with ids."""
    r, h, start, minutes = session
    req = instance.requirements[r]
    return {
        "requirement": req.id,
        "learner": instance.employees[req.learner].id,
        "host": instance.employees[h].id,
        "competency": req.competency,
        "start": start,
        "minutes": minutes,
    }


def plan_document(
    instance: Instance, sessions: Iterable[Session], unmet: list[dict[str, Any]]
) -> dict[str, Any]:
    """Write a plan, ordered by start, requirement and host, so that equal plans are equal bytes."""
    ordered = sorted(sessions, key=lambda s: (s[2], s[0], s[1]))
    return {"format": FORMAT, "sessions": [session_row(instance, s) for s in ordered], "unmet": unmet}


def read_sessions(instance: Instance, plan: Mapping[str, Any]) -> list[Session]:
    """Read the sessions of a plan document; raise `InstanceError` where an id is unknown."""
    faults = Faults()
    req_at = {r.id: k for k, r in enumerate(instance.requirements)}
    emp_at = {e.id: k for k, e in enumerate(instance.employees)}
    out = []
    for row in Reader(plan, "", faults).items("sessions"):
        out.append(
            (
                row.known("requirement", req_at, "requirement"),
                row.known("host", emp_at, "employee"),
                row.whole("start", low=0, high=instance.slots),
                row.whole("minutes", low=SLOT_MINUTES),
            )
        )
    faults.stop()
    return out


def score(instance: Instance, sessions: Iterable[Session]) -> dict[str, float]:
    """Count the objective of a plan part by part; `total` is their sum and is maximised."""
    w = instance.weights
    met: Counter[int] = Counter()
    hosted: Counter[int] = Counter()
    pairs = set()
    load = 0
    rows = list(sessions)
    for r, h, start, minutes in rows:
        learner = instance.requirements[r].learner
        met[r] += minutes
        hosted[h] += minutes
        pairs.add((learner, h))
        for who in (learner, h):
            of = instance.departments[instance.employees[who].dept].load
            load += sum(of[t % len(of)] for t in range(start, start + minutes // SLOT_MINUTES))
    worth = sum(
        min(m, instance.requirements[r].minutes) // SLOT_MINUTES * instance.requirements[r].priority
        for r, m in met.items()
    )
    parts = {
        "met": w.met_30min * worth,
        "tie": w.tie * len(pairs),
        "reciprocal": w.reciprocal * sum(1 for a, b in pairs if a < b and (b, a) in pairs),
        "load": -w.load * load,
        "host_sq": -w.host_sq * sum((m / 60) ** 2 for m in hosted.values()),
    }
    if instance.previous is not None:
        gone = Counter(instance.previous) - Counter(rows)
        parts["stability"] = -w.stability * sum(gone.values())
    parts["total"] = sum(parts.values())
    return parts


__all__ = ["FORMAT", "InstanceError", "Session", "plan_document", "read_sessions", "score", "session_row"]
