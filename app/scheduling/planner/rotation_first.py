"""Build a first legal rotation plan in a moment: the people with the fewest ways first, quiet weeks first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from .rotation_guides import Guides
from .rotation_instance import Stay, quarter_of
from .rotation_options import RotationWorld, Wish

REACH = 10


class Draft:
    """Keep a growing legal plan: who is where, what room is left, who guides.

    A department without a supervisor to spare in a week gets none by adding stays, so `unguided` remembers.
    """

    def __init__(self, world: RotationWorld) -> None:
        self.world = world
        self.guides = Guides(world)
        self.left_home: Counter[tuple[int, int]] = Counter()
        self.guests: Counter[tuple[int, int]] = Counter()
        self.weeks_of: dict[int, list[int]] = {}
        self.served: set[Wish] = set()
        self.unguided: set[tuple[int, int]] = set()
        for stay, who in sorted(world.past.items()):
            self._count(stay, homes=False)
            self.guides.place(stay, who)

    def _count(self, stay: Stay, *, homes: bool = True) -> None:
        if homes:
            self.left_home[self.world.instance.employees[stay.employee].dept, stay.week] += 1
            self.guests[stay.dept, stay.week] += 1
        self.weeks_of.setdefault(stay.employee, []).append(stay.week)
        self.served.add((stay.employee, quarter_of(stay.week)))

    def room(self, stay: Stay) -> int:
        """Return how many more could leave home and be taken in where this stay goes; 0 forbids it."""
        home = self.world.instance.employees[stay.employee].dept
        at_home = self.world.room[home][stay.week] - self.left_home[home, stay.week]
        cap = self.world.instance.departments[stay.dept].max_guests[stay.week]
        return min(at_home, cap - self.guests[stay.dept, stay.week])

    def add(self, stay: Stay) -> bool:
        """Add the stay if every rule allows it."""
        gap = self.world.instance.gap_weeks
        if any(abs(stay.week - week) <= gap for week in self.weeks_of.get(stay.employee, ())):
            return False
        if self.room(stay) <= 0 or (stay.dept, stay.week) in self.unguided:
            return False
        if not self.guides.accept(stay, reach=REACH):
            if (stay.employee, stay.week) not in self.guides.in_week:
                self.unguided.add((stay.dept, stay.week))
            return False
        self._count(stay)
        return True

    @property
    def stays(self) -> dict[Stay, int]:
        """Return the stays with their supervisors."""
        return self.guides.guide


def first_plan(
    world: RotationWorld,
    keep: Sequence[Stay] = (),
    *,
    pins_given: bool = False,
    enough: Callable[[], bool] = lambda: False,
) -> dict[Stay, int] | None:
    """Return stays with supervisors, or None when the pins could not all be placed this way.

    Stays to `keep` come right after what is pinned (with `pins_given` they hold a stay for each pin); the
    rest is filled in, scarcest wishes first, until `enough` says that time is up.
    """
    draft = Draft(world)
    must = sorted(world.must - world.past.keys())
    draft.guides.away.update((stay.employee, stay.week) for stay in must)
    draft.guides.away.update(world.pinned)
    if not all(draft.add(stay) for stay in must):
        return None
    if pins_given and not all(draft.add(stay) for stay in keep if stay not in world.must):
        return None
    for employee, week in sorted(world.pinned):
        if week in draft.weeks_of.get(employee, ()):
            continue
        ways = [s for s in world.options.get((employee, quarter_of(week)), ()) if s.week == week]
        if not any(draft.add(stay) for stay in sorted(ways, key=lambda s: -draft.room(s))):
            return None
    for stay in keep:
        if (stay.employee, quarter_of(stay.week)) not in draft.served:
            draft.add(stay)
    for wish in sorted(world.options, key=lambda w: (len(world.options[w]), w)):
        if enough():
            break
        if wish in draft.served:
            continue
        for stay in sorted(world.options[wish], key=lambda s: (-draft.room(s), s)):
            if draft.room(stay) > 0 and draft.add(stay):
                break
    return dict(draft.stays)
