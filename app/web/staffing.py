"""Draw people on duty in each slot against how many must be; written in Python, as a week has many slots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby

from markupsafe import Markup

HEIGHT, WIDTH = 60, 20
Slots = Iterable[tuple[str, int, int]]
"""Label, people on duty and floor."""


def below_floor(slots: Slots) -> list[str]:
    """Return when too few are on duty: "09:30", or "09:30–11:00" from the first to the last slot of a row."""
    runs = [list(run) for short, run in groupby(slots, key=lambda slot: slot[1] < slot[2]) if short]
    return [run[0][0] if len(run) == 1 else f"{run[0][0]}–{run[-1][0]}" for run in runs]


def staffing_chart(slots: Slots, before: Slots | None = None) -> Markup:
    """Return a column per slot, those below the floor marked, with lines for duty, floor and `before`."""
    columns = tuple((on_duty, floor) for _label, on_duty, floor in slots)
    return _chart(columns, tuple(on_duty for _label, on_duty, _floor in before or ()))


@lru_cache(maxsize=512)
def _chart(columns: tuple[tuple[int, int], ...], before: tuple[int, ...]) -> Markup:
    top = max(1, *(max(column) for column in columns)) + 1
    bars = "".join(
        f'<rect class="{"is-short" if on_duty < floor else "is-held"}" x="{n * WIDTH}" '
        f'y="{round(HEIGHT - on_duty / top * HEIGHT, 1)}" width="{WIDTH}" '
        f'height="{round(on_duty / top * HEIGHT, 1)}"/>'
        for n, (on_duty, floor) in enumerate(columns)
    )
    lines = f'<path class="staffing-before" d="{_line(before, top)}"/>' if before else ""
    lines += f'<path class="staffing-on" d="{_line([on_duty for on_duty, _floor in columns], top)}"/>'
    lines += f'<path class="staffing-floor" d="{_line([floor for _on_duty, floor in columns], top)}"/>'
    return Markup(  # noqa: S704 -- numbers only
        f'<svg class="staffing-chart" viewBox="0 0 {len(columns) * WIDTH} {HEIGHT}" '
        f'preserveAspectRatio="none" aria-hidden="true">{bars}{lines}</svg>'
    )


def _line(people: Sequence[int], top: int) -> str:
    return "".join(
        f"{'L' if n else 'M'}{n * WIDTH} {round(HEIGHT - each / top * HEIGHT, 1)}H{(n + 1) * WIDTH}"
        for n, each in enumerate(people)
    )
