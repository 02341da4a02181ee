"""Read values out of a decoded JSON document and remember where each one stood.

A `Reader` never stops at the first bad value: it notes a `Fault`, returns a harmless stand-in and goes on,
so one run names every place that needs mending.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MOST_FAULTS = 50
DAYS = 7
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Fault:
    """Name a place in the file (a JSON path), what is wrong there and how to mend it."""

    place: str
    fault: str
    mend: str

    def __str__(self) -> str:
        return f"{self.place}: {self.fault}; {self.mend}"


class InstanceError(ValueError):
    """State that a file can't be planned, and where."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(map(str, faults)))


class Faults:
    """Collect faults and raise them together."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, place: str, fault: str, mend: str) -> None:
        """Note one fault; past the limit, raise at once so that memory stays bounded."""
        self.found.append(Fault(place or "the file", fault, mend))
        if len(self.found) >= MOST_FAULTS:
            self.stop()

    def stop(self) -> None:
        """Raise `InstanceError` if anything was noted."""
        if self.found:
            raise InstanceError(tuple(self.found))


class Reader:
    """Read one JSON object (or value) at a known place."""

    __slots__ = ("data", "faults", "path")

    def __init__(self, data: Any, path: str, faults: Faults) -> None:
        self.data = data
        self.path = path
        self.faults = faults

    def at(self, name: str) -> str:
        """Name the place of a field."""
        return f"{self.path}.{name}" if self.path else name

    def value(self, name: str, default: Any = _ABSENT) -> Any:
        """Return a raw field, its default, or None after noting that it is missing."""
        if not isinstance(self.data, dict):
            self.faults.add(
                self.path, f"is {type(self.data).__name__}, not an object", "write an object { … }"
            )
            self.faults.stop()
        if name in self.data:
            return self.data[name]
        if default is _ABSENT:
            self.faults.add(self.at(name), "is missing", "add it")
            return None
        return default

    def child(self, name: str) -> Reader:
        """Read a nested object."""
        return Reader(self.value(name), self.at(name), self.faults)

    def items(self, name: str) -> list[Reader]:
        """Read a list; each entry knows its own place."""
        raw = self.value(name, [])
        if not isinstance(raw, list):
            self.faults.add(self.at(name), f"is {type(raw).__name__}, not a list", "write a list [ … ]")
            return []
        base = self.at(name)
        return [Reader(x, f"{base}[{k}]", self.faults) for k, x in enumerate(raw)]

    def text(self, name: str) -> str:
        """Read a string."""
        return self._text(self.value(name), self.at(name))

    def text_self(self) -> str:
        """Read this very value as a string."""
        return self._text(self.data, self.path)

    def _text(self, raw: Any, place: str) -> str:
        if isinstance(raw, str):
            return raw
        if raw is not None:
            self.faults.add(place, f"{raw!r} is not text", "write it in quotes")
        return ""

    def whole(self, name: str, *, default: Any = _ABSENT, low: int = 0, high: int = 10**9) -> int:
        """Read a whole number in [low, high]."""
        return self._whole(self.value(name, default), self.at(name), low, high)

    def whole_self(self, *, low: int = 0, high: int = 10**9) -> int:
        """Read this very value as a whole number in [low, high]."""
        return self._whole(self.data, self.path, low, high)

    def _whole(self, raw: Any, place: str, low: int, high: int) -> int:
        if type(raw) is int and low <= raw <= high:
            return raw
        if raw is not None or not isinstance(self.data, dict):
            self.faults.add(place, f"{raw!r} is not allowed", f"use a whole number from {low} to {high}")
        return low

    def number(self, name: str, *, low: float) -> float:
        """Read a finite number of at least `low`."""
        raw = self.value(name)
        if isinstance(raw, int | float) and not isinstance(raw, bool) and low <= raw < float("inf"):
            return float(raw)
        if raw is not None:
            self.faults.add(self.at(name), f"{raw!r} is not allowed", f"use a number of at least {low}")
        return low

    def flag(self, name: str) -> bool:
        """Read true or false."""
        raw = self.value(name)
        if not isinstance(raw, bool) and raw is not None:
            self.faults.add(self.at(name), f"{raw!r} is neither true nor false", "write true or false")
        return bool(raw)

    def mapping(self, name: str) -> Mapping[str, Any]:
        """Read an object whose keys are free."""
        raw = self.value(name)
        if isinstance(raw, dict):
            return raw
        if raw is not None:
            self.faults.add(self.at(name), f"is {type(raw).__name__}, not an object", "write an object { … }")
        return {}

    def new_id(self, at: dict[str, int], index: int) -> str:
        """Read `id`, which must be new among its kind, and remember its index."""
        found = self.text("id")
        if at.setdefault(found, index) != index:
            self.faults.add(self.at("id"), f"{found!r} is used twice", "give each its own id")
        return found

    def known(self, name: str, at: Mapping[str, int], kind: str) -> int:
        """Read an id that must be known; return its index."""
        raw = self.text(name)
        if raw in at:
            return at[raw]
        if raw:
            self.faults.add(self.at(name), f"unknown {kind} {raw!r}", f"name a listed {kind}")
        return 0

    def date(self, name: str) -> dt.date:
        """Read an ISO date."""
        return self._date(self.value(name), self.at(name))

    def _date(self, raw: Any, place: str) -> dt.date:
        try:
            found = dt.date.fromisoformat(raw)
        except (TypeError, ValueError):
            if raw is not None:
                self.faults.add(place, f"{raw!r} is not a date", "write YYYY-MM-DD")
            return dt.date(2000, 1, 3)
        if not 1900 <= found.year <= 2200:
            self.faults.add(place, f"{raw} is out of range", "use a year from 1900 to 2200")
        return found

    def date_span(self, item: Reader) -> tuple[dt.date, dt.date]:
        """Read [first, last], two inclusive local dates."""
        if not isinstance(item.data, list) or len(item.data) != 2:
            self.faults.add(item.path, "is not [first date, last date]", "write two dates")
            return dt.date(2000, 1, 3), dt.date(2000, 1, 3)
        a, b = (self._date(x, f"{item.path}[{k}]") for k, x in enumerate(item.data))
        if b < a:
            self.faults.add(item.path, f"ends on {b}, before it begins", "swap the two dates")
        return a, b

    def slot_span(self, item: Reader, slots: int) -> tuple[int, int]:
        """Read [from, to), two slots of the horizon; what lies past the horizon is cut off."""
        raw = item.data
        if not isinstance(raw, list) or len(raw) != 2 or any(type(x) is not int for x in raw):
            self.faults.add(item.path, "is not [from slot, to slot]", "write two slot numbers")
            return 0, 0
        a, b = raw
        if not 0 <= a <= b:
            self.faults.add(item.path, f"{a} … {b} is no interval", "from must not be after to, nor below 0")
            return 0, 0
        return min(a, slots), min(b, slots)

    def zone(self, name: str) -> str:
        """Read an IANA time zone name."""
        raw = self.text(name)
        try:
            ZoneInfo(raw)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            if raw:
                self.faults.add(
                    self.at(name), f"unknown time zone {raw!r}", "use an IANA name such as Europe/Berlin"
                )
            return "UTC"
        return raw

    def week_of_work(
        self, name: str, seen: dict[str, tuple[tuple[int, int], ...]]
    ) -> tuple[tuple[tuple[int, int], ...], ...]:
        """Read seven local days of working intervals as minutes of the day; equal days share one tuple."""
        days = self.items(name)
        if len(days) != DAYS:
            self.faults.add(self.at(name), f"has {len(days)} days", "give seven lists, Monday to Sunday")
        out = []
        for day in days:
            key = repr(day.data)
            if key not in seen:
                seen[key] = self._day(day)
            out.append(seen[key])
        return tuple(out)

    def _day(self, day: Reader) -> tuple[tuple[int, int], ...]:
        if not isinstance(day.data, list):
            self.faults.add(day.path, "is not a list of intervals", 'write [["09:00", "17:00"]] or []')
            return ()
        out = []
        for k, pair in enumerate(day.data):
            place = f"{day.path}[{k}]"
            if not isinstance(pair, list) or len(pair) != 2:
                self.faults.add(place, "is not [from, to]", 'write ["09:00", "17:00"]')
                continue
            a, b = (self._clock(x, f"{place}[{j}]") for j, x in enumerate(pair))
            if b < a:
                self.faults.add(place, "ends before it begins", "split work past midnight into two days")
            out.append((a, b))
        return tuple(out)

    def _clock(self, raw: Any, place: str) -> int:
        if isinstance(raw, str) and len(raw) == 5 and raw[2] == ":" and (raw[:2] + raw[3:]).isdecimal():
            hours, minutes = int(raw[:2]), int(raw[3:])
            if hours * 60 + minutes <= 24 * 60 and minutes < 60:
                return hours * 60 + minutes
        self.faults.add(place, f"{raw!r} is not a time of day", 'write "HH:MM"')
        return 0
