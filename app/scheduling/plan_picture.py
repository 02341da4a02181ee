"""Draw one week of a shadowing plan as an SVG: who meets whom, and what is left above each floor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from app.scheduling.checker.facts import Facts, read_facts
from app.scheduling.checker.timeline import SLOTS_PER_WEEK

SLOTS_PER_DAY = 48
ROW = 18
SLOT = 7
LEFT = 110
GAP = 26
COLOURS = {
    "learner": "#2b6cb0",
    "host": "#c05621",
    "floor": "#b83280",
    "spare": "#90cdf4",
    "line": "#e2e8f0",
    "tie": "#718096",
}


@dataclass(frozen=True, slots=True)
class _Frame:
    """The week shown: its first slot and the slots of the day worth showing."""

    first: int
    hours: range

    @property
    def day_width(self) -> int:
        return len(self.hours) * SLOT + 8

    def x(self, slot: int) -> int:
        day, of_day = divmod(slot - self.first, SLOTS_PER_DAY)
        return LEFT + day * self.day_width + (of_day - self.hours.start) * SLOT

    def slots(self) -> Iterator[int]:
        for day in range(5):
            midnight = self.first + day * SLOTS_PER_DAY
            yield from range(midnight + self.hours.start, midnight + self.hours.stop)


def draw_week(instance: Mapping[str, Any], plan: Mapping[str, Any], week: int) -> str:
    """Return an SVG document of week `week` (from 0): sessions by person above, cover by department below.

    Bars of learners and hosts carry the other person's id. The lower panel shows how many people of a
    department stay on duty in each slot with the plan, and the floor; slots are UTC, Monday to Friday.
    """
    facts = read_facts(instance)
    first = week * SLOTS_PER_WEEK
    sessions = [s for s in plan["sessions"] if first <= s["start"] < first + SLOTS_PER_WEEK]
    people = sorted({s[role] for s in sessions for role in ("learner", "host")})
    frame = _Frame(first, _busy_hours(sessions))
    width = LEFT + 5 * frame.day_width
    parts: list[str] = []
    top = 44
    for position, person in enumerate(people):
        y = top + position * ROW
        parts.append(_text(4, y + 13, f"{person} · {facts.people[person].department}"))
        parts.append(_line(LEFT, y + ROW - 1, width, y + ROW - 1, COLOURS["line"]))
    for session in sessions:
        middle = frame.x(session["start"]) + session["minutes"] // 60 * SLOT
        ends = [top + people.index(session[role]) * ROW + ROW // 2 for role in ("learner", "host")]
        parts.append(_line(middle, ends[0], middle, ends[1], COLOURS["tie"]))
    for session in sessions:
        for role, other in (("learner", "host"), ("host", "learner")):
            y = top + people.index(session[role]) * ROW
            x, length = frame.x(session["start"]), session["minutes"] // 30 * SLOT
            label = f"{session[role]} {'learns from' if role == 'learner' else 'hosts'} {session[other]}"
            parts.append(_box((x, y + 2, length, ROW - 5), COLOURS[role], label))
            parts.append(_text(x + length / 2 - 3, y + 13, role[0].upper(), "#fff"))
    y = top + len(people) * ROW + GAP
    for department in facts.spare:
        floors = next(d["min_on_duty"] for d in instance["departments"] if d["id"] == department)
        parts.append(_text(4, y + 20, department))
        parts += _cover(frame, floors, *_on_duty(facts, frame, sessions, department), y)
        y += 60
    for day in range(5):
        date = dt.date.fromisoformat(instance["horizon_start"]) + dt.timedelta(days=7 * week + day)
        parts.append(_text(LEFT + day * frame.day_width, 36, f"{date:%a %d %b}"))
    parts.append(
        _text(
            4,
            16,
            "L learns with H, who hosts. Below: on duty with the plan (blue), floor (purple), in UTC.",
        )
    )
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {y}" width="{width}" height="{y}" '
        f'role="img" font-family="sans-serif" font-size="11">\n<title>Week {week + 1} of a plan</title>\n'
        f'<rect width="{width}" height="{y}" fill="#fff"/>\n{body}\n</svg>\n'
    )


def _busy_hours(sessions: list[Mapping[str, Any]]) -> range:
    """Return the slots of the day worth showing: from an hour before the first to after the last session."""
    starts = [s["start"] % SLOTS_PER_DAY for s in sessions] or [18]
    ends = [s["start"] % SLOTS_PER_DAY + s["minutes"] // 30 for s in sessions] or [34]
    return range(max(0, min(starts) - 2), min(SLOTS_PER_DAY, max(ends) + 2))


def _on_duty(
    facts: Facts, frame: _Frame, sessions: list[Mapping[str, Any]], department: str
) -> tuple[dict[int, int], dict[int, float]]:
    """Return per slot how many are on duty without the plan, and with it (a host counts in part)."""
    members = [p for p in facts.people.values() if p.department == department]
    present = {slot: sum(p.on_duty >> slot & 1 for p in members) for slot in frame.slots()}
    left = {slot: float(count) for slot, count in present.items()}
    for session in sessions:
        for role, share in (("learner", 1.0), ("host", facts.host_cover / 100)):
            if facts.people[session[role]].department == department:
                for slot in range(session["start"], session["start"] + session["minutes"] // 30):
                    left[slot] -= share
    return present, left


def _cover(
    frame: _Frame, floors: Sequence[int], present: dict[int, int], left: dict[int, float], top: int
) -> Iterator[str]:
    scale = 42 / max(1, *present.values())
    for slot, count in left.items():
        x, height = frame.x(slot), max(0.0, count) * scale
        yield _box((x, top + 46 - height, SLOT, height), COLOURS["spare"], f"{count:g} on duty")
        floor = top + 46 - min(floors[slot % SLOTS_PER_WEEK], present[slot]) * scale
        yield _line(x, floor, x + SLOT, floor, COLOURS["floor"])


def _text(x: float, y: float, text: str, colour: str = "#1a202c") -> str:
    return f'<text x="{x:g}" y="{y:g}" fill="{colour}">{escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:g}" y1="{y1:.4g}" x2="{x2:g}" y2="{y2:.4g}" stroke="{colour}"/>'


def _box(place: tuple[float, float, float, float], colour: str, title: str) -> str:
    x, y, width, height = place
    shape = f'x="{x:g}" y="{y:.4g}" width="{width:g}" height="{height:.3g}" fill="{colour}"'
    return f"<rect {shape}><title>{escape(title)}</title></rect>"
