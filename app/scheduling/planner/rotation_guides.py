"""Name a supervisor for every stay: a matching grown by augmenting paths, then evened out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain, islice

from .rotation_instance import Stay, quarter_of
from .rotation_options import RotationWorld

LOOK_OUT = 48
MOST_TRIES = 20_000


class Guides:
    """Keep who guides which stay; a supervisor guides one guest a week and no more than agreed a quarter.

    `accept` finds a supervisor for a new stay, moving other stays to other supervisors where that helps, so
    it fails only when no assignment exists for all stays together (shortest augmenting paths).
    """

    def __init__(self, world: RotationWorld) -> None:
        self.world = world
        instance = world.instance
        self.guide: dict[Stay, int] = {}
        self.in_week: dict[tuple[int, int], Stay] = {}
        self.of_quarter: defaultdict[tuple[int, int], set[Stay]] = defaultdict(set)
        self.load: Counter[int] = Counter()
        self.away: set[tuple[int, int]] = set()
        self.limit: dict[int, int] = {}
        self.able: dict[int, list[tuple[int, frozenset[int]]]] = {}
        for supervisor in instance.supervisors:
            known = self.limit.get(supervisor.employee, 0)
            self.limit[supervisor.employee] = max(known, supervisor.cap)
            self.able.setdefault(supervisor.dept, []).append((supervisor.employee, supervisor.absent))

    def place(self, stay: Stay, who: int) -> None:
        """Let `who` guide the stay, whatever the limits."""
        self.guide[stay] = who
        self.in_week[who, stay.week] = stay
        self.of_quarter[who, quarter_of(stay.week)].add(stay)
        self.load[who] += 1
        self.away.add((stay.employee, stay.week))

    def remove(self, stay: Stay) -> int:
        """Take the supervisor off a stay and return who it was."""
        who = self.guide.pop(stay)
        del self.in_week[who, stay.week]
        self.of_quarter[who, quarter_of(stay.week)].discard(stay)
        self.load[who] -= 1
        return who

    def drop(self, stay: Stay) -> None:
        """Forget a stay."""
        self.remove(stay)
        self.away.discard((stay.employee, stay.week))

    def accept(self, stay: Stay, *, reach: int | None = None) -> bool:
        """Find a supervisor for a new stay; leave everything as it was when there is none.

        `reach` limits how many moves of others are looked at; a search that gives up early is fast.
        """
        if (stay.employee, stay.week) in self.in_week:
            return False
        self.away.add((stay.employee, stay.week))
        at_hand = self._at_hand(stay)
        if at_hand is not None:
            self.place(stay, at_hand)
            return True
        moves = self._augmenting_chain(stay, reach)
        for moved, who in moves:
            if moved in self.guide:
                self.remove(moved)
            self.place(moved, who)
        if not moves:
            self.away.discard((stay.employee, stay.week))
        return bool(moves)

    def _at_hand(self, stay: Stay) -> int | None:
        """Return a supervisor who can take the stay as things are: of the first few met, the least loaded.

        The look-out begins at another place each time, so that everybody's turn comes.
        """
        quarter, able = quarter_of(stay.week), self.able.get(stay.dept, [])
        begin = 31 * len(self.guide) % len(able) if able else 0
        free = (
            who
            for who, absent in chain(able[begin:], able[:begin])
            if (who, stay.week) not in self.in_week
            and who != stay.employee
            and stay.week not in absent
            and (who, stay.week) not in self.away
            and len(self.of_quarter[who, quarter]) < self.limit[who]
        )
        return min(islice(free, LOOK_OUT), key=lambda who: (self.load[who], who), default=None)

    def _augmenting_chain(self, stay: Stay, reach: int | None) -> list[tuple[Stay, int]]:
        """Search breadth first for a chain of moves that ends at a supervisor with room; [] if none.

        Moves are listed from the free end, so that each place is vacated before it is taken. A supervisor's
        week and a supervisor's quarter are entered once each, as in a flow with unit steps.
        """
        items: list[tuple[Stay, int]] = [(stay, -1)]
        seen_weeks: set[tuple[int, int]] = set()
        seen_people: set[int] = set()
        position = 0
        while position < len(items) and (reach is None or position <= reach):
            current = items[position][0]
            for who in self.candidates(current):
                node = (who, current.week)
                if node in seen_weeks:
                    continue
                seen_weeks.add(node)
                held = self.in_week.get(node)
                if held is not None:
                    if held not in self.world.past:
                        items.append((held, position))
                    continue
                own = self.of_quarter[who, quarter_of(current.week)]
                if len(own) < self.limit[who]:
                    return self._unwind(items, position, who)
                if who not in seen_people:
                    seen_people.add(who)
                    for other in sorted(own - self.world.past.keys()):
                        if (who, other.week) not in seen_weeks:
                            seen_weeks.add((who, other.week))
                            items.append((other, position))
            position += 1
        return []

    def _unwind(self, items: list[tuple[Stay, int]], position: int, free: int) -> list[tuple[Stay, int]]:
        moves = []
        while position >= 0:
            stay, parent = items[position]
            moves.append((stay, free))
            free = self.guide.get(stay, -1)
            position = parent
        return moves

    def candidates(self, stay: Stay) -> list[int]:
        """Return who could guide the stay, the least loaded first."""
        found = [
            who
            for who, absent in self.able.get(stay.dept, ())
            if who != stay.employee and stay.week not in absent and (who, stay.week) not in self.away
        ]
        return sorted(found, key=lambda who: (self.load[who], who))

    def even_out(self) -> None:
        """Move stays from loaded to light supervisors until no single move helps or after many tries."""
        moved, tries = True, 0
        while moved and tries < MOST_TRIES:
            moved = False
            for stay in sorted(self.guide, key=lambda s: (-self.load[self.guide[s]], s)):
                moved |= stay not in self.world.past and self._lighten(stay)
                tries += 1
                if tries >= MOST_TRIES:
                    break

    def _lighten(self, stay: Stay) -> bool:
        now, quarter = self.guide[stay], quarter_of(stay.week)
        for who in self.candidates(stay):
            if self.load[who] + 1 >= self.load[now]:
                return False
            free = (who, stay.week) not in self.in_week
            if free and len(self.of_quarter[who, quarter]) < self.limit[who]:
                self.remove(stay)
                self.place(stay, who)
                return True
        return False


def assign_guides(
    world: RotationWorld, stays: Iterable[Stay], wish: Mapping[Stay, int] | None = None
) -> dict[Stay, int] | None:
    """Return a supervisor per stay, as even as single moves make it, or None when there is no assignment.

    Supervisors in `wish` (of a plan in force) are kept where they still may guide the stay.
    """
    guides = Guides(world)
    todo = sorted(stays)
    guides.away.update((stay.employee, stay.week) for stay in todo)
    for stay, who in world.past.items():
        guides.place(stay, who)
    for stay in todo:
        who = (wish or {}).get(stay, -1)
        if stay in guides.guide or who not in guides.candidates(stay):
            continue
        full = len(guides.of_quarter[who, quarter_of(stay.week)]) >= guides.limit[who]
        if (who, stay.week) not in guides.in_week and not full:
            guides.place(stay, who)
    for stay in todo:
        if stay not in guides.guide and not guides.accept(stay):
            return None
    if not wish:
        guides.even_out()
    return guides.guide
