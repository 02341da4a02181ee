"""Who may use each route, as the walk of test_permissions.py expects it.

The learner owns every object of the world; `host` hosts, supervises and assesses, `other` is the second
assessor of one round, `stand_in` decides for the manager. A route that is missing here fails the walk.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.support.world import KINDS, PASSWORD

ANYONE = frozenset({*KINDS, "nobody"})
SIGNED_IN = frozenset(KINDS)
NONE: frozenset[str] = frozenset()


def some(*kinds: str) -> frozenset[str]:
    return frozenset(kinds)


LEARNER = some("learner")
HOST = some("host")
LINE = some("manager", "stand_in")
HOST_LINE = some("other_manager")
HR = some("hr")
KEEPERS = some("hr", "admin")
LEADS = LINE | HOST_LINE | HR
OWN_RECORD = LEARNER | LINE | KEEPERS
OWN_LEVELS = LEARNER | LINE | HR
TWO = LEARNER | HOST
SESSION_CHANGERS = TWO | LINE | HOST_LINE
SESSION_READERS = SESSION_CHANGERS | HR


@dataclass(frozen=True)
class Use:
    """One route: its parameters (`@name` is an id of the world), who may read, who may send.

    `data` is what makes the first of `sends` change something. `inert` are kinds for whom sending is
    answered like a success and yet changes nothing.
    """

    reads: frozenset[str] = NONE
    sends: frozenset[str] = NONE
    to: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    by: str = ""
    query: str = ""
    inert: frozenset[str] = NONE
    effect: bool = True
    """Whether a valid send must change the database."""


PERSON = {"person_id": "@person"}
COMPETENCY = {"person_id": "@person", "competency_id": "sell-well"}
QUIZ = {"module_id": "calm", "activity_id": "check"}
ROLE_PLAY = {"module_id": "calm", "activity_id": "practice"}
TASK = {"module_id": "calm", "activity_id": "do-it"}
LESSON = {"module_id": "calm", "activity_id": "start"}
RUNNING = {"attempt_id": "@running"}
ASKED = {"session_id": "@asked"}
AGREED = {"session_id": "@agreed"}
PAST = {"session_id": "@past"}
REASON = {f"{form}reason": "A customer called" for form in ("", "decline-", "cancel-", "missed-")}
SHEET = {"sheet_id": "@sheet"}
SCORES = {"score:listens": "3", "overall_note": "Keep going", "global_rating": "3", "act": "submit"}
RECORD = {
    "name": "Lena Okafor-Berg",
    "email": "lena@example.com",
    "version": "@record_version",
    "team": "@support_team",
    "job_role": "support-agent",
    "manager": "mara@example.com",
    "time_zone": "Europe/Berlin",
    "locale": "en",
    "weekly_budget_minutes": "60",
}
NOTES = {"saw": "A call", "learned": "Ask first", "next_step": "Assist", "rating": "5"}
GRADE = {"share": "50", "comment": "Name the feeling first"}
FLOORS = {"time_zone": "Europe/Berlin", "days-0": "0", "starts-0": "09:00", "ends-0": "12:00", "minimum-0": "1"}  # fmt: skip

TABLE: dict[str, Use] = {
    # Pages of the site itself
    "static": Use(ANYONE, to={"filename": "nothing.css"}),
    "web.static": Use(ANYONE, to={"digest": "0", "name": "nothing.css"}),
    "web.components": Use(ANYONE),
    "web.set_appearance": Use(sends=ANYONE, data={"theme": "dark"}, effect=False),
    "health.healthz": Use(ANYONE),
    "health.readyz": Use(ANYONE),
    "dashboards.home": Use(SIGNED_IN),
    # People and accounts
    "people.sign_in": Use(
        ANYONE, ANYONE, data={"email": "lena@example.com", "password": "wrong"}, by="nobody"
    ),  # fmt: skip
    "people.sign_out": Use(sends=SIGNED_IN),
    "people.directory": Use(SIGNED_IN),
    "people.organisation": Use(SIGNED_IN),
    "people.profile": Use(SIGNED_IN, to=PERSON),
    "people.new_person": Use(KEEPERS, KEEPERS, data=RECORD | {"email": "nova@example.com"}),
    "people.edit_person": Use(KEEPERS, KEEPERS, PERSON, RECORD),
    "people.deactivate": Use(KEEPERS, KEEPERS, PERSON, {"version": "@record_version"}),
    "people.reactivate": Use(sends=KEEPERS, to={"person_id": "@ended"}, data={"version": "1"}),
    "people.sign_out_person": Use(sends=some("admin"), to=PERSON),
    "people.availability": Use(OWN_RECORD, to=PERSON),
    "people.save_hours": Use(sends=OWN_RECORD, to=PERSON, data={"hours": "Mon-Fri 10-16"}),
    "people.add_leave": Use(
        sends=OWN_RECORD, to=PERSON, data={"from_on": "2026-09-01", "until_on": "2026-09-02"}
    ),  # fmt: skip
    "people.remove_leave": Use(sends=OWN_RECORD, to=PERSON | {"leave_id": "@leave"}),
    "people.substitute": Use(LEADS | KEEPERS),
    "people.set_substitute": Use(
        sends=LEADS | KEEPERS, data={"substitute": "cem@example.com", "from_on": "2026-06-05"}
    ),  # fmt: skip
    "people.end_substitute": Use(
        sends=some("manager"),
        to={"row_id": "@substitute"},
        inert=(LEADS | KEEPERS) - some("manager"),
    ),
    "people.import_people": Use(KEEPERS, KEEPERS, effect=False),
    "people.preview_import": Use(HR, to={"upload_id": "@upload"}),
    "people.confirm_import": Use(sends=HR, to={"upload_id": "@upload"}, effect=False),
    "people.discard_import": Use(sends=HR, to={"upload_id": "@upload"}),
    "account.home": Use(SIGNED_IN),
    "account.save_profile": Use(
        sends=SIGNED_IN, data={"name": "New Name", "time_zone": "UTC", "locale": "en"}
    ),  # fmt: skip
    "account.change_password": Use(
        sends=SIGNED_IN, data={"current": "wrong", "password": PASSWORD, "again": PASSWORD}, effect=False
    ),  # fmt: skip
    "account.save_mail": Use(sends=SIGNED_IN),
    "account.end_session": Use(sends=LEARNER, to={"session_id": "@session_row"}, inert=SIGNED_IN - LEARNER),
    "account.end_all_sessions": Use(sends=SIGNED_IN),
    "account.ask_for_reset": Use(ANYONE, ANYONE, data={"email": "cem@example.com"}, by="nobody"),
    "account.reset": Use(
        ANYONE, ANYONE, {"token": "@reset"}, {"password": PASSWORD, "again": PASSWORD}, by="nobody"
    ),  # fmt: skip
    "notifications.inbox": Use(SIGNED_IN),
    "notifications.read_all": Use(sends=SIGNED_IN, by="learner", data={"until": "2026-07-06T09:00:00+00:00"}),
    "notifications.open_notice": Use(sends=LEARNER, to={"notice_id": "@notice"}),
    "notifications.demo_mail": Use(ANYONE),
    # Levels and the ledger
    "competency.my_matrix": Use(SIGNED_IN),
    "competency.person_matrix": Use(OWN_LEVELS, to=PERSON),
    "competency.explanation": Use(OWN_LEVELS, to=COMPETENCY),
    "competency.check_in": Use(
        LINE | HR, LINE | HR, COMPETENCY, {"decision": "0", "reason": "Not shown yet"}
    ),  # fmt: skip
    "competency.prior_learning": Use(
        LINE | HR, LINE | HR, COMPETENCY, {"level": "2", "valid_until": "2026-12-01", "note": "Sold before"}
    ),  # fmt: skip
    "competency.rate_self": Use(
        sends=SIGNED_IN, to={"competency_id": "sell-well"}, data={"confidence": "3", "interest": "4"}
    ),  # fmt: skip
    "competency.dispute": Use(
        sends=LEARNER, to={"evidence_id": "@evidence"}, data={"reason": "It was not me"}
    ),  # fmt: skip
    "competency.dispute_page": Use(
        TWO | HR, HR, {"dispute_id": "@dispute"}, {"outcome": "revoked", "answer": "You are right"}
    ),
    "competency.disputes": Use(SIGNED_IN),
    "competency.competencies_page": Use(SIGNED_IN),
    "competency.competency_page": Use(SIGNED_IN, to={"competency_id": "sell-well"}),
    "competency.clearances": Use(SIGNED_IN),
    "competency.coverage_page": Use(LEADS),
    "competency.matrix": Use(LEADS),
    "competency.matrix_csv": Use(LEADS),
    "competency.team_matrix": Use(LINE | HR, to={"team_id": "@support_team"}),
    "competency.team_matrix_csv": Use(LINE | HR, to={"team_id": "@support_team"}),
    # Learning
    "curriculum.learn": Use(SIGNED_IN),
    "curriculum.module": Use(SIGNED_IN, to={"module_id": "calm"}),
    "curriculum.activity": Use(SIGNED_IN, to=LESSON),
    "curriculum.mark_read": Use(sends=SIGNED_IN, to=LESSON),
    "curriculum.media": Use(SIGNED_IN, to={"module_id": "calm", "name": "ladder.svg"}),
    "playbook.articles": Use(SIGNED_IN),
    "playbook.article": Use(SIGNED_IN, to={"article_id": "calm"}),
    "playbook.glossary": Use(SIGNED_IN),
    "quizzes.overview": Use(SIGNED_IN, to=QUIZ),
    "quizzes.start": Use(sends=SIGNED_IN, to=QUIZ, by="colleague"),
    "quizzes.attempt": Use(LEARNER, to=RUNNING),
    "quizzes.answer": Use(sends=LEARNER, to=RUNNING, data={"action": "save", "q-1": "0", "v-1": "0"}),
    "quizzes.save": Use(sends=LEARNER, to=RUNNING, data={"q-1": "0", "v-1": "0"}),
    "quizzes.hand_in": Use(LEARNER, to=RUNNING),
    "quizzes.submit": Use(sends=LEARNER, to=RUNNING),
    "quizzes.review": Use(LEARNER | HR, to={"attempt_id": "@waiting"}),
    "quizzes.grading": Use(SIGNED_IN),
    "quizzes.grade_attempt": Use(some("author", "host", "other"), to={"attempt_id": "@waiting"}),
    "quizzes.grade": Use(
        sends=some("author", "host", "other"),
        to={"attempt_id": "@waiting", "position": "@essay"},
        data={f"p{n}-{name}": value for n in range(1, 10) for name, value in GRADE.items()},
    ),
    "quizzes.extra_time": Use(HR, HR, data={"person_id": "@person", "percent": "25"}),
    "quizzes.statistics": Use(some("author", "hr"), to=QUIZ),
    # Role-plays and sign-offs
    "roleplays.overview": Use(SIGNED_IN, to=ROLE_PLAY),
    "roleplays.ask": Use(sends=SIGNED_IN, to=ROLE_PLAY, data={"assessor_id": "@host"}, by="manager"),
    "roleplays.take_back": Use(
        sends=OWN_LEVELS, to={"round_id": "@open_round"}, data={"sheet_id": "@sheet"}
    ),  # fmt: skip
    "roleplays.show_round": Use(OWN_LEVELS | HOST, to={"round_id": "@round"}),
    "roleplays.invite": Use(
        sends=LINE | HR | HOST, to={"round_id": "@open_round"}, data={"assessor_id": "@other"}, inert=LEARNER
    ),
    "roleplays.rate": Use(
        sends=LEARNER, to={"round_id": "@round"}, data={"sheet_id": "@done_sheet", "rating": "4"}
    ),  # fmt: skip
    "roleplays.reconcile": Use(some("host", "other"), to={"round_id": "@apart"}),
    "roleplays.propose": Use(
        sends=some("host", "other"),
        to={"round_id": "@apart"},
        data={"score:listens": "2", "note": "We both saw it"},
    ),  # fmt: skip
    "roleplays.agree": Use(
        sends=some("host", "other"), to={"round_id": "@apart"}, data={"proposed_by": "@host"}, effect=False
    ),  # fmt: skip
    "roleplays.assessments": Use(SIGNED_IN),
    "roleplays.new_assessment": Use(
        LINE | HR | some("host", "other"), query="role_play=calm/practice&learner=@person"
    ),
    "roleplays.start_assessment": Use(
        sends=LINE | HR | some("host", "other"),
        query="role_play=calm/practice&learner=@person",
        data={"assessor_id": "@other"},
        by="manager",
    ),
    "roleplays.sheet": Use(HOST, to=SHEET),
    "roleplays.write_sheet": Use(sends=HOST, to=SHEET, data=SCORES),
    "roleplays.save_sheet": Use(sends=HOST, to=SHEET, data=SCORES),
    "roleplays.run_clock": Use(sends=HOST, to=SHEET, data={"act": "start"}),
    "roleplays.decline": Use(HOST, HOST, SHEET, {"reason": "On leave"}),
    "roleplays.task": Use(SIGNED_IN, to=TASK),
    "roleplays.ask_sign_off": Use(
        sends=SIGNED_IN, to=TASK, data={"signer_id": "@host", "what": "Ticket 1"}, by="colleague"
    ),  # fmt: skip
    "roleplays.complete_task": Use(sends=SIGNED_IN, to=TASK, effect=False),
    "roleplays.sign_off": Use(
        HOST, HOST, {"sign_off_id": "@sign_off"}, {"answer": "sign", "note": "Well done"}
    ),  # fmt: skip
    "roleplays.withdraw_sign_off": Use(sends=LEARNER, to={"sign_off_id": "@sign_off"}),
    # Sessions, rotations, calendars
    "scheduling.schedule": Use(SIGNED_IN),
    "scheduling.team_schedule": Use(LEARNER | some("colleague") | LINE | HR, to={"team_id": "@support_team"}),
    "scheduling.floors": Use(LINE | HR, to={"key": "support"}),
    "scheduling.set_floors": Use(sends=LINE | HR, to={"key": "support"}, data=FLOORS),
    "scheduling.new_session": Use(OWN_LEVELS - HR, query="learner=@person"),
    "scheduling.propose": Use(
        sends=LEARNER | LINE,
        data={
            "learner": "@person",
            "host": "@host",
            "kind": "shadowing",
            "competency": "sell-well",
            "mode": "observe",
            "minutes": "60",
            "start": "2026-06-24T09:00+00:00",
        },
    ),
    "scheduling.session_page": Use(SESSION_READERS, to=AGREED),
    "scheduling.accept": Use(
        sends=HOST, to=ASKED, data={"sequence": "@asked_sequence"}, inert=SESSION_READERS - HOST
    ),
    "scheduling.decline": Use(sends=HOST, to=ASKED, data=REASON, inert=SESSION_READERS - HOST),
    "scheduling.cancel": Use(sends=SESSION_CHANGERS, to=AGREED, data=REASON),
    "scheduling.move_page": Use(SESSION_CHANGERS, to=AGREED),
    "scheduling.move": Use(
        sends=SESSION_CHANGERS,
        to=AGREED,
        data=REASON | {"start": "2026-06-10T09:00+00:00", "minutes": "60", "version": "@agreed_version"},
    ),
    "scheduling.debrief": Use(sends=TWO, to=PAST, data=NOTES),
    "scheduling.sign_off": Use(
        sends=HOST, to=PAST, data={"sign-verdict": "yes", "sign-note": "Good"}, effect=False
    ),
    "scheduling.missed": Use(sends=TWO, to=PAST, data=REASON),
    "scheduling.rotations": Use(SIGNED_IN),
    "scheduling.new_rotation": Use(LEARNER | LINE, query="employee=@person"),
    "scheduling.propose_rotation": Use(
        sends=LEARNER | LINE,
        data={
            "employee": "@person",
            "team": "@sales_team",
            "supervisor": "@host",
            "from_on": "2027-03-01",
            "until_on": "2027-03-02",
            "task-0": "Log three calls",
        },
    ),
    "scheduling.rotation_page": Use(SESSION_READERS, to={"rotation_id": "@rotation"}),
    "scheduling.accept_rotation": Use(
        sends=TWO | HOST_LINE, to={"rotation_id": "@asked_rotation"}, by="learner", inert=LINE | HR
    ),
    "scheduling.decline_rotation": Use(
        sends=TWO | HOST_LINE, to={"rotation_id": "@asked_rotation"}, data=REASON, inert=LINE | HR
    ),
    "scheduling.cancel_rotation": Use(
        sends=SESSION_CHANGERS, to={"rotation_id": "@asked_rotation"}, data=REASON
    ),
    "scheduling.sign_off_task": Use(
        sends=HOST, to={"rotation_id": "@rotation", "task_id": "@task"}, data={"note": "Done well"}
    ),
    "scheduling.calendar": Use(SIGNED_IN),
    "scheduling.create_feed": Use(sends=SIGNED_IN),
    "scheduling.revoke_feed": Use(sends=LEARNER, to={"feed_id": "@feed"}),
    "scheduling.pairings": Use(SIGNED_IN),
    "scheduling.set_pairing": Use(
        sends=LEARNER | LINE, data={"kind": "ban", "learner": "@person", "other": "olga@example.com"}
    ),
    "scheduling.end_pairing": Use(sends=LEARNER, to={"rule_id": "@pairing"}),
    "scheduling.feed": Use(ANYONE, to={"token": "@feed_token"}),
    # Onboarding
    "onboarding.board": Use(LEADS),
    "onboarding.export": Use(LEADS),
    "onboarding.mine": Use(LEARNER),
    "onboarding.new_hire": Use(OWN_LEVELS, to={"enrolment_id": "@enrolment"}),
    "onboarding.confirm": Use(sends=LINE, to={"enrolment_id": "@enrolment", "step_id": "talk"}),
    "onboarding.nudge": Use(sends=LINE | HR, to={"enrolment_id": "@enrolment"}),
}
