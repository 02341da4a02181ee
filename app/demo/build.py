"""Build the demo organisation in one transaction, in the order in which a real one would come to be."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random

from app.competency import queries as competency
from app.competency.service import rebuild, record_many
from app.curriculum import queries as curriculum
from app.curriculum.definitions import ActivityKind
from app.demo.history import batches
from app.demo.meetings import MEETINGS, book
from app.demo.newcomers import catch_up
from app.demo.proofs import finish, sit_quiz
from app.demo.roster import PASSWORD, SIGN_INS, Member, members
from app.notifications import service as notifications
from app.onboarding import service as onboarding
from app.people import queries as people
from app.people.import_file import read_sheet
from app.people.service_import import import_people
from app.people.service_passwords import set_password
from app.roleplays import service as roleplays
from app.roleplays import service_signoffs as sign_offs
from app.scheduling import service as scheduling
from app.scheduling.inputs import BookingRefused, FloorLine, RotationProposal, TaskItem

SEED = 20260601
LEAVE = {"cem": (3, 9), "maria": (10, 20), "hiro": (25, 32), "noor": (40, 54)}
SHIFTS = {"Berlin": ("08:30", "17:00"), "Austin": ("08:00", "16:30"), "Bengaluru": ("10:00", "18:30")}
COLUMNS = (
    *("email", "name", "department", "team", "job_role", "manager_email", "start_date", "time_zone"),
    *("work_hours", "weekly_budget_minutes", "leave", "is_hr", "is_author", "is_admin"),
)
FLOORS = (("support", "Europe/Berlin", 6), ("sales", "Europe/Berlin", 4))
WAITING_ROLE_PLAYS = (
    ("lena", "listening-and-empathy/practice", "mara"),
    ("aino", "how-sales-works/practice", "hiro"),
)
WAITING_SIGN_OFF = (
    "pawel",
    "how-sales-works/read-with-owner",
    "hiro",
    "Told a customer on trial who acts next and by when, from the CRM record; you sat beside me.",
)
SHARE_DONE = 0.45
NEW_DAYS = 90
NEW_BUDGET = 300
READ_AFTER = timedelta(days=2)
EMPLOYEE = "lena"
# Sat by everybody whose audience they are for, so that their figures rest on enough attempts.
OFTEN_SAT = (("listening-and-empathy/check", 0.6), ("how-sales-works/check", 0.75))
ABILITIES = 1.4  # the standard deviation between people; between the hardness of questions it is 1


def build(now: datetime) -> int:
    """Create everything inside the caller's transaction; return how many people there are."""
    random = Random(SEED)  # noqa: S311 - the demo is the same every time
    roster = members()
    import_people(read_sheet(_as_csv(roster, now)), now, may_make_admins=True)
    by_email = {card.email: card.person_id for card in people.list_active()}
    ids = {member.key: by_email[member.email] for member in roster}
    for _kind, key, _what in SIGN_INS:
        set_password(ids[key], PASSWORD, now)
    for recorded_at, facts in batches(roster, ids, competency.get_framework(), random, now):
        record_many(facts, recorded_at, quiet=True)
    for key, zone, minimum in FLOORS:
        lines = [FloorLine(day, 9 * 60, 17 * 60, minimum) for day in range(5)]
        scheduling.set_floors(key, zone, lines, now)
    book(MEETINGS, ids, random, now)  # before the lessons, whose minutes use up the same weeks
    answering = Random(SEED)  # noqa: S311 - of its own, so that a changed quiz changes nothing else
    for member in roster:
        _learn(member, ids[member.key], random, now)
        _sit_quizzes(member, ids[member.key], answering, now)
    onboarding.enrol_new_hires(now)
    catch_up(roster, ids, random, now)
    _plan_ahead(ids, now)
    for person_id in ids.values():
        notifications.mark_all_read(person_id, now, until=now - READ_AFTER)
    rebuild(now)
    return len(ids)


def _plan_ahead(ids: dict[str, int], now: datetime) -> None:
    """A rotation to come, and role-plays and sign-offs that wait for somebody."""
    monday = now.date() + timedelta(days=21 - now.weekday())
    host = people.cards([ids["bastian"]])[ids["bastian"]]
    rotation = RotationProposal(
        employee_id=ids["pawel"],
        host_team_id=host.team_id or 0,
        supervisor_id=host.person_id,
        from_on=monday,
        until_on=monday + timedelta(days=4),
        tasks=(
            TaskItem("Prepare one first call from the CRM record", "sales-basics"),
            TaskItem("Sit in on two demos and write down what was promised", "sales-basics"),
            TaskItem("Qualify one inbound lead with a seller beside you", "qualify-need"),
        ),
        note="One week a quarter, basic tasks, supervised.",
    )
    with suppress(BookingRefused):  # on a few days of the year leave or a session is in the way
        scheduling.propose_rotation(people.actor_for(ids["mara"], now), rotation, now)
    learner, key, signer, what = WAITING_SIGN_OFF
    task = curriculum.find_activity(key)
    if task is not None:
        sign_offs.ask(people.actor_for(ids[learner], now), task, ids[signer], what, now)
    for learner, activity, assessor in WAITING_ROLE_PLAYS:
        roleplays.ask_assessor(
            people.actor_for(ids[learner], now), ids[learner], activity, ids[assessor], now
        )


def _as_csv(roster: list[Member], now: datetime) -> bytes:
    """Return the roster as the file that HR would import."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    departments = {"support": "Support", "sales": "Sales", "marketing": "Marketing", "people": "People"}
    emails = {member.key: member.email for member in roster}
    for member in roster:
        begins, ends = SHIFTS[member.place]
        away = LEAVE.get(member.key)
        first, last = (now.date() + timedelta(days=n) for n in away or (0, 0))
        writer.writerow(
            {
                "email": member.email,
                "name": member.name,
                "department": departments[member.department],
                "team": member.team,
                "job_role": member.role or "",
                "manager_email": emails[member.reports_to] if member.reports_to else "",
                "start_date": (now.date() - timedelta(days=member.started_days_ago)).isoformat(),
                "time_zone": member.time_zone,
                "work_hours": f"Mon-Fri {begins}-12:30 13:00-{ends}",
                "weekly_budget_minutes": NEW_BUDGET if member.started_days_ago < NEW_DAYS else "",
                "leave": f"{first.isoformat()}..{last.isoformat()}" if away else "",
                "is_hr": "yes" if member.flag == "hr" else "",
                "is_author": "yes" if member.flag == "author" else "",
                "is_admin": "yes" if member.flag == "admin" else "",
            }
        )
    return out.getvalue().encode()


def _learn(member: Member, person_id: int, random: Random, now: datetime) -> None:
    """Do steps in the order of the person's curricula, as far as their pace took them.

    Everybody read lessons; the one who is signed in as the employee took the quizzes, too.
    """
    paths = [
        path
        for path in curriculum.list_paths(
            member.department, curriculum.progress_in(person_id, member.department)
        )
        if path.for_me
    ]
    steps = [step for path in paths for module in path.modules for step in module.steps]
    steps = list({step.key: step for step in steps}.values())
    pace = SHARE_DONE * 2 * random.random()
    if member.started_days_ago < NEW_DAYS:
        return
    done = steps[: int(len(steps) * pace)]
    days = min(member.started_days_ago - 1, 150)
    for place, step in enumerate(done):
        if step.kind != ActivityKind.LESSON and not (
            step.kind == ActivityKind.QUIZ and member.key == EMPLOYEE
        ):
            continue
        ago = max(1, int(days * (1 - place / len(done))))
        at = now - timedelta(days=ago, minutes=random.randint(0, 300))
        finish(step, person_id, at, random)


def _sit_quizzes(member: Member, person_id: int, random: Random, now: datetime) -> None:
    """Sit the quizzes that many have behind them, as somebody answers who knows most of it."""
    if member.key == EMPLOYEE or member.started_days_ago < NEW_DAYS or member.department == "people":
        return
    ability = random.gauss(0, ABILITIES)
    for key, share in OFTEN_SAT:
        if random.random() < share:
            at = now - timedelta(days=random.randint(10, 80), minutes=random.randint(0, 300))
            sit_quiz(key, person_id, at, ability, random)
