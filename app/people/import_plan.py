"""Decide what an import would change: pure, so that a dry run, a preview and the import agree.

A row with a problem is left out whole; so is a row that leans on one that was left out (a new manager
whose own row is wrong). What is ambiguous is reported, never guessed.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from app.people.import_cells import CLEAR, Reading, Words, email, read_row
from app.people.import_directory import Directory, Place
from app.people.import_file import Problem, Sheet
from app.people.work_hours import Interval

DEFAULT_HOURS: tuple[Interval, ...] = tuple((day, 9 * 60, 17 * 60) for day in range(5))
PLAIN = (
    "name",
    "job_role",
    "start_date",
    "time_zone",
    "locale",
    "weekly_budget_minutes",
    "is_hr",
    "is_author",
    "is_admin",
    "work_hours",
)


@dataclass(frozen=True)
class FieldChange:
    """One value before and after; `place` is (department, team), `leave` holds only what is added."""

    column: str
    old: object
    new: object


@dataclass(frozen=True)
class Change:
    """What a row does to one person; `person_id` is None for a new one."""

    row: int
    email: str
    person_id: int | None
    fields: tuple[FieldChange, ...]

    @property
    def values(self) -> dict[str, object]:
        return {each.column: each.new for each in self.fields}


@dataclass(frozen=True)
class Plan:
    """What an import does: the changes, the rows left out with their problems, and what else comes about."""

    changes: tuple[Change, ...]
    unchanged: int
    problems: tuple[Problem, ...]
    rows: int
    new_departments: tuple[str, ...]
    new_teams: tuple[Place, ...]
    ignored: tuple[str, ...] = ()

    @property
    def created(self) -> tuple[Change, ...]:
        return tuple(each for each in self.changes if each.person_id is None)

    @property
    def changed(self) -> tuple[Change, ...]:
        return tuple(each for each in self.changes if each.person_id is not None)

    def fingerprint(self) -> str:
        """Return a digest that is equal exactly for plans that do the same."""
        told = repr(
            [(c.email, c.person_id, [(f.column, _told(f.new)) for f in c.fields]) for c in self.changes]
        )
        return hashlib.sha256(told.encode()).hexdigest()


def plan_import(sheet: Sheet, directory: Directory, *, may_make_admins: bool) -> Plan:
    """Compare a sheet with the directory. Without `may_make_admins`, administrators stay as they are."""
    return _Planner(sheet, directory, may_make_admins).plan()


class _Planner:
    def __init__(self, sheet: Sheet, directory: Directory, may_make_admins: bool) -> None:
        self.sheet = sheet
        self.directory = directory
        self.may_make_admins = may_make_admins
        self.known = {each.email: each for each in directory.people}
        self.departments = {
            word.casefold(): name for key, name in directory.departments for word in (key, name)
        }
        self.places = {_fold(place): place for place in directory.places}
        self.problems: list[Problem] = list(sheet.problems)
        self.wanted: dict[str, Reading] = {}
        self.names: dict[str, set[str]] = defaultdict(set)

    def plan(self) -> Plan:
        self._read()
        self._name_everyone()
        self._settle_places()
        for reading in self.wanted.values():
            self._settle_people(reading)
            self._check_rights(reading)
        self._leave_out()
        self._keep_an_admin()
        while self._drop_lost() or self._drop_circles():
            self._leave_out()
        changes = [self._change(reading) for reading in self.wanted.values()]
        real = tuple(each for each in changes if each.fields)
        before = {_fold(place) for place in self.directory.places}
        used: dict[Place | None, Place] = {
            _fold(place): place  # type: ignore[arg-type,misc]
            for each in real
            if (place := each.values.get("place"))
        }
        new_teams = sorted(place for key, place in used.items() if key not in before)
        names = {name.casefold() for _key, name in self.directory.departments}
        new_departments = {place[0] for place in new_teams if place[0].casefold() not in names}
        return Plan(
            changes=real,
            unchanged=len(changes) - len(real),
            problems=tuple(sorted(self.problems, key=lambda each: (each.row, each.column))),
            rows=len(self.sheet.rows) + len({each.row for each in self.sheet.problems}),
            new_departments=tuple(sorted(new_departments)),
            new_teams=tuple(new_teams),
            ignored=self.sheet.ignored,
        )

    def _good(self) -> Iterable[Reading]:
        return (each for each in self.wanted.values() if not each.problems)

    def _leave_out(self) -> None:
        bad = [each for each in self.wanted.values() if each.problems]
        for each in bad:
            self.problems += each.problems
            del self.wanted[str(each.values["email"])]

    def _read(self) -> None:
        words = Words(
            job_roles=_titles(self.directory.job_roles),
            role_titles={title.casefold(): title for _key, title in self.directory.job_roles},
            zones={name.casefold(): name for name in self.directory.zones},
            locales={name.casefold(): name for name in self.directory.locales},
        )
        first_row: dict[str, int] = {}
        for row in self.sheet.rows:
            reading = read_row(row, words)
            address = reading.values.get("email")
            if not isinstance(address, str):
                self.problems += reading.problems
                continue
            if address in first_row:
                reading.problems = []
                reading.wrong("email", f"is on row {first_row[address]} already; that row counts.")
                self.problems += reading.problems
                continue
            first_row[address] = row.number
            present = self.known.get(address)
            if present is None and "name" not in row.cells:
                reading.wrong("name", "is empty, and this person is new.")
            if present is not None and not present.is_active:
                reading.wrong("email", "belongs to a deactivated account. Reactivate it first.")
            self.wanted[address] = reading

    def _name_everyone(self) -> None:
        for each in self.directory.people:
            reading = self.wanted.get(each.email)
            if each.is_active and not (reading and "name" in reading.values):
                self.names[each.name.casefold()].add(each.email)
        for address, reading in self.wanted.items():
            if "name" in reading.values:
                self.names[str(reading.values["name"]).casefold()].add(address)

    def _settle_places(self) -> None:
        for reading in self._good():
            department, team = reading.values.get("department"), reading.values.get("team")
            if isinstance(department, str):
                department = self.departments.setdefault(department.casefold(), department)
                reading.values["department"] = department
                if isinstance(team, str):
                    self.places.setdefault(_fold((department, team)), (department, team))
        by_team: dict[str, list[Place]] = defaultdict(list)
        for place in self.places.values():
            by_team[place[1].casefold()].append(place)
        for reading in self._good():
            self._settle_place(reading, by_team)

    def _settle_place(self, reading: Reading, by_team: dict[str, list[Place]]) -> None:
        values = reading.values
        department = values.pop("department", CLEAR)
        team = values.pop("team", CLEAR)
        present = self.known.get(str(values["email"]))
        held = present.place if present else None
        if isinstance(department, str) and department != CLEAR:
            if isinstance(team, str) and team != CLEAR:
                values["place"] = self.places[_fold((department, team))]
            elif held is None or held[0].casefold() != department.casefold() or team is None:
                place = (department, department)
                values["place"] = self.places.setdefault(_fold(place), place)
        elif isinstance(team, str) and team != CLEAR:
            fits = by_team.get(team.casefold(), [])
            own = [place for place in fits if held and place[0] == held[0]]
            if len(own or fits) == 1:
                values["place"] = (own or fits)[0]
            elif fits:
                among = ", ".join(sorted(place[0] for place in fits))
                reading.wrong("team", f"is the name of teams in {among}. Write the department too.")
            else:
                reading.wrong("team", "is not a team yet. Write its department too, and it will be made.")
        elif department is None or team is None:
            values["place"] = None

    def _settle_people(self, reading: Reading) -> None:
        values, cells = reading.values, reading.row.cells
        own = str(values["email"])
        if "manager" in cells:
            self._settle_named_manager(reading, cells["manager"])
        for column in ("manager_email", "substitute_email"):
            address = values.get(column)
            shown = "manager" if column == "manager_email" and column not in cells else column
            if not isinstance(address, str):
                continue
            present = self.known.get(address)
            if address == own:
                what = "manager" if column == "manager_email" else "substitute"
                reading.wrong(shown, f"is this person. Nobody is their own {what}.")
            elif present is not None and not present.is_active:
                reading.wrong(shown, f"{address} is deactivated.")

    def _settle_named_manager(self, reading: Reading, text: str) -> None:
        values = reading.values
        if "manager_email" in reading.row.cells and "manager_email" not in values:
            return
        if text == CLEAR:
            found: str | None = None
        elif "@" in text:
            found = email(text) if _is_email(text) else text
        else:
            name = " ".join(text.split()).casefold()
            fits = sorted(self.names.get(name, ()))
            given = values.get("manager_email")
            if given in fits:
                return
            if not fits:
                reading.wrong("manager", "is nobody’s name, here or in the file. Write manager_email.")
                return
            if len(fits) > 1:
                people = ", ".join(fits[:5])
                reading.wrong(
                    "manager", f"is the name of {len(fits)} people ({people}). Write manager_email instead."
                )
                return
            found = fits[0]
        if "manager_email" in values and values["manager_email"] != found:
            reading.wrong(
                "manager", f"is not the same person as manager_email ({values['manager_email'] or CLEAR})."
            )
            return
        values["manager_email"] = found

    def _check_rights(self, reading: Reading) -> None:
        if self.may_make_admins or reading.problems:
            return
        present = self.known.get(str(reading.values["email"]))
        wants = reading.values.get("is_admin", present.is_admin if present else False)
        if present and present.is_admin:
            if self._change(reading).fields:
                reading.wrong("email", "belongs to an administrator; only an administrator may change it.")
        elif wants:
            reading.wrong("is_admin", "may be given by an administrator only.")

    def _keep_an_admin(self) -> None:
        before = {each.email for each in self.directory.people if each.is_admin and each.is_active}
        losing = {
            each for each in before if (r := self.wanted.get(each)) and r.values.get("is_admin") is False
        }
        gaining = any(r.values.get("is_admin") for r in self.wanted.values())
        if before and losing == before and not gaining:
            for address in losing:
                self.wanted[address].wrong("is_admin", "would leave nobody who administers Tandem.")
            self._leave_out()

    def _drop_lost(self) -> bool:
        emails = {row.number: row.cells.get("email", "").lower() for row in self.sheet.rows}
        left_out = {emails.get(each.row): each.row for each in self.problems}
        dropped = False
        for reading in self._good():
            for column in ("manager_email", "substitute_email"):
                address = reading.values.get(column)
                if isinstance(address, str) and address not in self.known and address not in self.wanted:
                    shown = column if column in reading.row.cells else "manager"
                    row = left_out.get(address)
                    where = f" Row {row}, which brings them, was left out." if row else ""
                    reading.wrong(shown, f"{address} is nobody’s e-mail, here or in the file.{where}")
                    dropped = True
        return dropped

    def _drop_circles(self) -> bool:
        above = {each.email: each.manager_email for each in self.directory.people}
        above |= {
            address: reading.values["manager_email"]  # type: ignore[misc]
            for address, reading in self.wanted.items()
            if "manager_email" in reading.values
        }
        for circle in _circles(above):
            told = " → ".join([*circle[:6], "…"] if len(circle) > 6 else [*circle, circle[0]])
            for address in circle:
                reading = self.wanted.get(address)
                if reading and "manager_email" in reading.values:
                    shown = "manager_email" if "manager_email" in reading.row.cells else "manager"
                    reading.wrong(shown, f"makes a circle of managers: {told}.")
        return any(each.problems for each in self.wanted.values())

    def _change(self, reading: Reading) -> Change:
        values, address = reading.values, str(reading.values["email"])
        present = self.known.get(address)
        fields = []
        for column in ("place", *PLAIN, "manager_email", "substitute_email"):
            if column not in values:
                continue
            old = getattr(present, column) if present else None
            same = _fold(old) == _fold(values[column]) if column == "place" else old == values[column]  # type: ignore[arg-type]
            if present is None or not same:
                fields.append(FieldChange(column, old, values[column]))
        if "leave" in values:
            added = values["leave"] - (present.leave if present else frozenset())  # type: ignore[operator]
            if added:
                fields.append(FieldChange("leave", frozenset(), added))
        if present is None and "work_hours" not in values:
            fields.append(FieldChange("work_hours", None, DEFAULT_HOURS))
        return Change(reading.row.number, address, present.person_id if present else None, tuple(fields))


def _circles(above: dict[str, str | None]) -> list[list[str]]:
    found: list[list[str]] = []
    done: set[str] = set()
    for start in above:
        path: dict[str, int] = {}
        at: str | None = start
        while at is not None and at not in done and at not in path:
            path[at] = len(path)
            at = above.get(at)
        if at is not None and at in path:
            found.append(list(path)[path[at] :])
        done |= path.keys()
    return found


def _titles(roles: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    keys: dict[str, set[str]] = defaultdict(set)
    for key, title in roles:
        keys[key.casefold()].add(key)
        keys[title.casefold()].add(key)
    return {word: tuple(sorted(found)) for word, found in keys.items()}


def _fold(place: Place | None) -> Place | None:
    return None if place is None else (place[0].casefold(), place[1].casefold())


def _is_email(text: str) -> bool:
    try:
        email(text)
    except ValueError:
        return False
    return True


def _told(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else value
