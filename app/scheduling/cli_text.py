"""Turn the results of planner commands into lines of text and a summary document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from app.scheduling.checker import Report
from app.scheduling.cli_engine import PlannerRun, peak_megabytes

MOST_LINES = 20


def run_summary(solution: Any, report: Report, run: PlannerRun) -> dict[str, Any]:
    """Return what a run found; objective and metrics are the checker's, the bound is the search's."""
    objective, bound = report.total, solution.bound
    known = bound is not None and bound < float("inf")
    return {
        "objective": objective,
        "bound": bound if known else None,
        "gap": bound / objective - 1 if known and objective > 0 else None,
        "seconds": round(solution.seconds, 3),
        "bound_seconds": round(solution.bound_seconds, 3) if solution.bound_seconds is not None else None,
        "first_plan_seconds": round(solution.first_plan_seconds, 3),
        "peak_mb": round(peak_megabytes(), 1),
        "interrupted": run.interrupted.is_set(),
        "violations": len(report.violations),
        **report.metrics,
    }


def summary_lines(summary: Mapping[str, Any]) -> Iterator[str]:
    """Yield a summary as aligned lines, one figure each."""
    for name, value in summary.items():
        if value is None:
            yield f"{name:26} –"
        elif name == "gap":
            yield f"{name:26} {100 * value:.2f} %"
        elif isinstance(value, float):
            yield f"{name:26} {value:.2f}"
        elif isinstance(value, Mapping):
            yield f"{name:26} {', '.join(f'{key} {count}' for key, count in value.items()) or 'none'}"
        elif isinstance(value, list):
            yield f"{name:26} {', '.join(f'{item:.1f}' for item in value)}"
        elif name != "plan":
            yield f"{name:26} {value}"


def explanation_document(found: Any) -> dict[str, Any]:
    """Return an explanation of either kind as a JSON-ready document."""
    return {**asdict(found), "cheapest": asdict(found.cheapest) if found.cheapest else None}


def explanation_lines(found: Any) -> Iterator[str]:
    """Yield what stands in the way of a requirement, way by way, and the cheapest change that helps."""
    yield f"{found.requirement}: {found.reason or 'fully met'}"
    for place, obstacle in _ways(found):
        yield f"  {place}: {obstacle}"
    if found.cheapest is not None:
        yield f"would let it in: {found.cheapest.text}"


def _ways(found: Any) -> Iterator[tuple[str, str]]:
    if hasattr(found, "hosts"):
        for host in found.hosts:
            for view in host.weeks:
                free = f"{view.starts} legal start{'s' if view.starts != 1 else ''}"
                yield f"{host.host}, week {view.week}", view.in_the_way or free
    else:
        for way in found.ways:
            yield f"week {way.week:2} in {way.dept}", ", ".join(way.obstacles) or "legal"


def report_lines(report: Report) -> Iterator[str]:
    """Yield the verdict: violations by rule with examples, then score and metrics."""
    for rule, count in Counter(v.rule for v in report.violations).most_common():
        yield f"broken: {rule}, {count} time{'s' if count > 1 else ''}"
    for violation in report.violations[:MOST_LINES]:
        yield f"  {violation.where}: {violation.rule}: {violation.text}"
    if len(report.violations) > MOST_LINES:
        yield f"  … and {len(report.violations) - MOST_LINES} more"
    if report.ok:
        yield "no hard rule is broken"
    scores = {f"score {name}": value for name, value in report.score.items()}
    yield from summary_lines({"score": report.total, **scores, **report.metrics})
