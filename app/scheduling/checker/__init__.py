"""Judge a plan against its instance without knowing how the plan was found.

The checker owns the meaning of both file formats. It shares no code with the search in
`app.scheduling.planner`: it derives calendars, coverage, score and reasons from the raw file in its
own way, so that a mistake on one side shows as a disagreement. Pure: standard library only.
"""

from collections.abc import Mapping
from typing import Any

from app.scheduling.checker.report import Report, UnreadableInstance, Violation
from app.scheduling.checker.rotation import check_rotation
from app.scheduling.checker.shadowing import check_shadowing

__all__ = ["Report", "UnreadableInstance", "Violation", "check"]

_CHECKS = {"shadowing": check_shadowing, "rotation": check_rotation}


def check(instance: Mapping[str, Any], plan: Mapping[str, Any]) -> Report:
    """Return every broken hard rule, the score by rule and the metrics of `plan`.

    `instance` is a `shadowing/1` or `rotation/1` document, `plan` the matching plan document.
    Raise `UnreadableInstance` when the instance itself cannot be understood; a plan that cannot be
    understood is reported as violations instead.
    """
    kind = str(instance.get("format", "")).partition("/")[0] if isinstance(instance, Mapping) else ""
    if kind not in _CHECKS:
        raise UnreadableInstance("format: expected shadowing/1 or rotation/1")
    try:
        return _CHECKS[kind](instance, plan if isinstance(plan, Mapping) else {})
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise UnreadableInstance(f"the instance is incomplete or malformed: {error!r}") from error
