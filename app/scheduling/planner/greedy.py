"""Make plans the simple way: the first plan of a search, and the baselines it is compared with.

`spreadsheet` does what a careful person does by hand, `scarcity_first` is as good as one pass without
looking ahead gets: few hosts first, the least loaded host, the quietest start.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable

from .calendar import bits
from .plans import Session
from .problem import SLOT_MINUTES, SLOTS_PER_WEEK
from .reading import Fault, InstanceError
from .sheet import Sheet
from .world import World

Stop = Callable[[], bool]


def _never() -> bool:
    return False


def begin(world: World) -> Sheet:
    """Start a plan with the frozen past and the pins; raise `InstanceError` for a pin that cannot be kept."""
    sheet = Sheet(world)
    inst = world.instance
    for session in inst.previous or ():
        if session[2] < inst.frozen_before:
            sheet.place(session)
    faults = []
    for p in sorted(inst.pinned_sessions, key=lambda p: p.start):
        session = (p.requirement, p.host, p.start, p.minutes)
        if session in sheet.sessions:
            continue
        _complete_needs(sheet, p.requirement, p.start)
        if sheet.is_legal(session):
            sheet.place(session)
        else:
            faults.append(_pin_fault(p.place))
    pairs = [p for p in inst.pinned_pairs if not _kept(sheet, p.requirement, p.host)]
    for pin in sorted(pairs, key=lambda p: len(world.hosts[p.requirement])):
        _complete_needs(sheet, pin.requirement, world.slots)
        session_ = _quietest(sheet, pin.requirement, (pin.host,))
        if session_ is None:
            faults.append(_pin_fault(pin.place))
        else:
            sheet.place(session_)
    if faults:
        raise InstanceError(tuple(faults))
    return sheet


def _pin_fault(place: str) -> Fault:
    return Fault(
        place,
        "no session can honour this pin: calendars, floors, budgets, prerequisites or other pins are against",
        "drop it, or ask for its reason with `explain` after dropping it",
    )


def _kept(sheet: Sheet, r: int, host: int) -> bool:
    return any(h == host for _, h, _, _ in sheet.of.get(r, ()))


def _complete_needs(sheet: Sheet, r: int, before: int) -> None:
    """Fill the prerequisites of a pinned requirement as early as possible."""
    for q in sheet.world.needs[r]:
        _complete_needs(sheet, q, before)
        while (session := _earliest(sheet, q, sheet.world.hosts[q])) is not None and session[2] < before:
            sheet.place(session)


def _lengths(sheet: Sheet, r: int) -> list[int]:
    """Order the lengths: those that leave nothing unfillable first, then the shorter."""
    left = sheet.missing(r) // SLOT_MINUTES
    usable = [n for n in sheet.world.lengths if n <= left]
    shortest = sheet.world.lengths[0]
    return sorted(usable, key=lambda n: (0 < left - n < shortest, n))


def _earliest(sheet: Sheet, r: int, hosts: Iterable[int]) -> Session | None:
    """Return the earliest session among all hosts and the preferred lengths."""
    best: Session | None = None
    for n in _lengths(sheet, r):
        mine = sheet.learner_starts(r, n)
        for h in hosts if mine else ():
            mask = sheet.starts(r, h, n, mine)
            if mask:
                t = (mask & -mask).bit_length() - 1
                if best is None or t < best[2]:
                    best = (r, h, t, n * SLOT_MINUTES)
        if best is not None:
            return best
    return None


def _quietest(sheet: Sheet, r: int, hosts: Iterable[int]) -> Session | None:
    """Return the first host's session at the lowest load, then the earliest."""
    inst = sheet.world.instance
    learner = inst.requirements[r].learner
    for n in _lengths(sheet, r):
        mine = sheet.learner_starts(r, n)
        for h in hosts if mine else ():
            mask = sheet.starts(r, h, n, mine)
            if not mask:
                continue
            loads = [inst.departments[inst.employees[who].dept].load for who in (learner, h)]
            best = min(
                bits(mask),
                key=lambda t: (
                    sum(row[x % SLOTS_PER_WEEK] for row in loads for x in range(t, t + n)),  # noqa: B023
                    t,
                ),
            )
            return r, h, best, n * SLOT_MINUTES
    return None


def _depths(world: World) -> list[int]:
    depth = [-1] * len(world.needs)

    def of(r: int) -> int:
        if depth[r] < 0:
            depth[r] = 1 + max((of(q) for q in world.needs[r]), default=-1)
        return depth[r]

    return [of(r) for r in range(len(world.needs))]


def spreadsheet(world: World, stop: Stop = _never) -> list[Session]:
    """Plan as by hand: urgent first, the first host who fits, the earliest hour."""
    sheet = begin(world)
    inst = world.instance
    depth = _depths(world)
    order = sorted(
        range(len(inst.requirements)),
        key=lambda r: (-inst.requirements[r].priority, world.last_slot[r], depth[r], r),
    )
    for r in order:
        while not stop():
            found = None
            for h in world.hosts[r]:
                found = _earliest(sheet, r, (h,))
                if found:
                    sheet.place(found)
                    break
            if found is None:
                break
    return sheet.sessions


def scarcity_first(world: World, stop: Stop = _never) -> list[Session]:
    """Plan needs with few hosts first, each with the host who has hosted least, at the quietest start."""
    sheet = begin(world)
    fill(sheet, range(len(world.instance.requirements)), stop)
    return sheet.sessions


def fill(sheet: Sheet, requirements: Iterable[int], stop: Stop = _never) -> None:
    """Serve the given requirements scarcity-first; prerequisites before what needs them."""
    world = sheet.world
    inst = world.instance
    depth = _depths(world)
    order = sorted(
        requirements,
        key=lambda r: (depth[r], -inst.requirements[r].priority, len(world.hosts[r]), world.last_slot[r], r),
    )
    ranks = _Ranks(sheet)
    for r in order:
        while sheet.missing(r) > 0 and not stop():
            found = _quietest(sheet, r, ranks.of(r))
            if found is None:
                break
            ranks.place(found)


class _Ranks:
    """Keep the hosts of each requirement in order: not yet met first, then those who have hosted least.

    Equal requirements share their hosts, so each set is sorted once and then kept in order.
    """

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._rows: dict[tuple[int, ...], list[tuple[int, int]]] = {}
        self._holding: dict[int, list[list[tuple[int, int]]]] = {}
        self._met: dict[int, set[int]] = {}
        for learner, host in sheet.pair:
            self._met.setdefault(learner, set()).add(host)

    def of(self, r: int) -> list[int]:
        """List the hosts of a requirement, best first."""
        hosts = self.sheet.world.hosts[r]
        row = self._rows.get(hosts)
        if row is None:
            row = self._rows[hosts] = sorted((self.sheet.hosted[h], h) for h in hosts)
            for h in hosts:
                self._holding.setdefault(h, []).append(row)
        learner = self.sheet.world.instance.requirements[r].learner
        met = self._met.get(learner)
        if not met:
            return [h for _, h in row]
        again = sorted((self.sheet.pair[learner, h], at, h) for at, h in row if h in met)
        return [h for _, h in row if h not in met] + [h for _, _, h in again]

    def place(self, session: Session) -> None:
        """Put a session into the sheet and its host where they now belong."""
        r, h, _, _ = session
        before = (self.sheet.hosted[h], h)
        self.sheet.place(session)
        self._met.setdefault(self.sheet.world.instance.requirements[r].learner, set()).add(h)
        for row in self._holding.get(h, ()):
            del row[bisect_left(row, before)]
            insort(row, (self.sheet.hosted[h], h))
