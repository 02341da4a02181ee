"""Ask axe-core what is wrong with a page that a browser shows."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _source() -> str:
    if not AXE.exists():
        raise FileNotFoundError("axe-core is missing; run: python tools/fetch_browser_code.py")
    return AXE.read_text(encoding="utf-8")


def axe_violations(page: Any) -> list[str]:
    """Return axe's findings on a Playwright page (WCAG 2.2 AA and best practice), one line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
        RULES,
    )
    return [
        f"{violation['id']} ({violation['impact']}): {violation['help']}: {node['target'][0]} — "
        + " ".join((node.get("failureSummary") or "").split())[:200]
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
