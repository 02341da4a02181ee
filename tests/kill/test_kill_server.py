"""The server is killed while people work: what it acknowledged is kept, and nothing is half there."""

from __future__ import annotations

import http.client
import itertools
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from lxml import html

from app import clock
from tests.kill.support import Browser, Installation, Server, until
from tests.support.factories import Org

GONE = (OSError, http.client.HTTPException)
WORK_SECONDS = 60


def kill_amid(server: Server, works: list[Callable[[], Any]], enough: Callable[[], bool]) -> None:
    """Let each piece of work repeat in a thread of its own, then kill the server while they do."""
    surprises: list[BaseException] = []

    def repeat(work: Callable[[], Any]) -> None:
        try:
            while True:
                work()
        except GONE:
            pass
        except BaseException as surprise:  # noqa: BLE001 - told by the test
            surprises.append(surprise)

    threads = [threading.Thread(target=repeat, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    try:
        until(lambda: surprises or enough(), WORK_SECONDS, "enough work done")
    finally:
        server.kill()
        for thread in threads:
            thread.join(WORK_SECONDS)
    assert not surprises, surprises


class Learner:
    """Types one answer after the other into the one question that takes words."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        _status, self.address, _body = browser.ask("/quizzes/calm/check/start", {})
        self.attempt_id = int(self.address.rsplit("/", 1)[1])
        page = html.fromstring(browser.ask(self.address)[2])
        self.at = page.xpath("//main//input[@type='text']/@name")[0].removeprefix("q-")
        self.steps = itertools.count(1)
        self.tried = ""
        self.acknowledged = ""
        self.count = 0

    def type(self) -> None:
        step = next(self.steps)
        self.tried = f"word {step}"
        form = {"page": "p", "step": str(step), f"v-{self.at}": "0", f"q-{self.at}": self.tried}
        answers = self.browser.ask_json(f"{self.address}/answers", form)["answers"]
        assert answers[0]["state"] == "saved"
        self.acknowledged = self.tried
        self.count += 1


def test_every_acknowledged_answer_survives_and_the_attempt_goes_on(
    installation: Installation, people: Org
) -> None:
    with installation.started() as server:
        browsers = [Browser(installation, each) for each in (people.learner, people.colleague, people.hr)]
        learners = [Learner(browser) for browser in browsers]
        kill_amid(server, [each.type for each in learners], lambda: min(x.count for x in learners) >= 8)

    stored = {
        row[:2]: row[2] for row in installation.rows("attempt_answer", "attempt_id, position, response")
    }
    for each in learners:
        kept = stored[each.attempt_id, int(each.at)]
        assert f'"{each.acknowledged}"' in kept or f'"{each.tried}"' in kept, (kept, each.acknowledged)

    with installation.started():
        for each in learners:
            status, _location, page = each.browser.ask(each.address)
            assert status == 200
            assert each.acknowledged in page or each.tried in page
            each.type()
            status, review, _body = each.browser.ask(f"{each.address}/submit", {})
            assert status == 303
            assert each.browser.ask(review)[0] == 200
    assert {row[0] for row in installation.rows("attempt", "state")} == {"graded"}


class Booker:
    """A manager who books the one host for two learners in turn, hour after hour."""

    def __init__(
        self, browser: Browser, learners: tuple[int, int], host: int, starts: list[datetime]
    ) -> None:
        self.browser = browser
        self.host = host
        self.wishes = ((start, learner) for start in starts for learner in learners)
        self.acknowledged: list[int] = []

    def book(self) -> None:
        wish = next(self.wishes, None)
        if wish is None:
            raise ConnectionError("nothing left to book")
        start, learner = wish
        form = {
            "learner": str(learner), "host": str(self.host), "kind": "shadowing", "competency": "sell-well",
            "mode": "observe", "minutes": "60", "start": start.isoformat(), "override_reason": "Kill test",
        }  # fmt: skip
        status, location, body = self.browser.ask("/sessions", form)
        assert status in (303, 409), (status, body[:300])
        if status == 303:
            self.acknowledged.append(int(location.rsplit("/", 1)[1]))


def hours_to_come() -> list[datetime]:
    """Working hours of the coming four weeks, from tomorrow; 10 to 16 in Berlin in summer and winter."""
    first = clock.now().date() + timedelta(days=1)
    days = [first + timedelta(days=n) for n in range(28)]
    return [
        datetime.combine(day, time(hour), UTC)
        for day in days
        if day.weekday() < 5
        for hour in (9, 11, 13)
    ]  # fmt: skip


def test_every_acknowledged_booking_stands_whole_and_none_is_half_there(
    installation: Installation, people: Org
) -> None:
    with installation.started() as server:
        hours = hours_to_come()
        both, turned = (people.learner, people.colleague), (people.colleague, people.learner)
        bookers = [
            Booker(Browser(installation, people.manager), both, people.host, hours),
            Booker(Browser(installation, people.manager), turned, people.host, hours),
        ]
        done = [booker.acknowledged for booker in bookers]
        kill_amid(server, [each.book for each in bookers], lambda: sum(map(len, done)) >= 8)

    sessions = {row[0] for row in installation.rows("shadow_session", "id")}
    assert set(done[0] + done[1]) <= sessions
    slots = installation.rows("booked_slot", "session_id, person_id, slot_at")
    assert len({row[1:] for row in slots}) == len(slots)
    whole = dict.fromkeys(sessions, 4)
    assert Counter(row[0] for row in slots) == whole  # two half hours of two people
    assert Counter(row[0] for row in installation.rows("session_answer", "session_id")) == dict.fromkeys(sessions, 3)  # fmt: skip
    assert Counter(row[0] for row in installation.rows("session_event", "session_id")) == dict.fromkeys(sessions, 1)  # fmt: skip
    told = Counter(row[0] for row in installation.rows("notice", "link"))
    assert all(told[f"/sessions/{session_id}"] == 2 for session_id in sessions), told
    assert len({row[0] for row in installation.rows("shadow_session", "starts_at")}) == len(sessions)

    with installation.started():
        for booker in bookers:
            booker.book()
