"""A form sent twice, as by an impatient double click, leaves one effect and never a crash.

Every route that takes a form, with the form of the table of permissions: the second answer is an answer in
words, and the database is afterwards as it was after the first.
"""

from __future__ import annotations

from typing import Any

import pytest
from lxml import html

from tests.permission_table import TABLE
from tests.support.walk import address, send
from tests.support.world import World

CALM = {200, 204, 303, 401, 403, 404, 409, 422}
MAY_DIFFER = {
    "people.sign_in": ("sign_in_failure", "every wrong try counts"),
    "account.change_password": ("sign_in_failure", "every wrong try counts"),
    "scheduling.create_feed": ("calendar_feed", "each press makes an address of its own, shown once"),
    "account.ask_for_reset": ("notice password_reset", "each letter has a link of its own"),
    "account.save_profile": ("person", "the record counts its writes"),
    "quizzes.answer": ("attempt", "the attempt counts its writes"),
    "quizzes.save": ("attempt", "the attempt counts its writes"),
    "roleplays.save_sheet": ("observation", "the sheet counts its writes"),
    "roleplays.write_sheet": ("observation", "the sheet counts its writes"),
    "scheduling.set_floors": ("booking_guard department_floor", "the lines are written anew, under new ids"),
    "people.save_hours": ("work_hours", "the pattern is written anew, under new ids"),
}
"""Tables in which a second time may show, and why that is no second effect."""

REQUEST = {"request_key": "c0ffee00-0000-4000-8000-000000000000"}
KEYED = dict.fromkeys(
    (
        "scheduling.propose",
        "scheduling.propose_rotation",
        "competency.check_in",
        "competency.prior_learning",
        "competency.rate_self",
    ),
    REQUEST,
)
"""What the page adds so that the same form is known again."""


@pytest.mark.parametrize("endpoint", [name for name, use in TABLE.items() if use.sends])
def test_a_form_sent_twice_has_one_effect(world, endpoint):
    use = TABLE[endpoint]
    kind, path, data = use.by or min(use.sends), address(world, endpoint, use), _data(endpoint)
    answers, seen = [], []
    for _turn in range(2):
        answers.append(send(world, kind, path, data).status_code)
        seen.append(world.look())
    world.restore()
    assert set(answers) <= CALM, answers
    changed = {table for table in seen[0] if seen[0][table] != seen[1][table]}
    assert changed <= set(MAY_DIFFER.get(endpoint, ("", ""))[0].split()), answers


def test_a_record_sent_twice_is_saved_and_not_a_conflict(world):
    for endpoint in ("people.edit_person", "people.reactivate", "people.add_leave", "people.set_substitute"):
        use = TABLE[endpoint]
        assert _twice(world, min(use.sends), address(world, endpoint, use), use.data) == [303, 303], endpoint


def test_an_import_confirmed_twice_imports_once(world):
    path = address(world, "people.preview_import", TABLE["people.preview_import"])
    page = html.document_fromstring(send(world, "hr", path).get_data(as_text=True))
    [fingerprint] = page.xpath("//input[@name='fingerprint']/@value")
    before = len(world.look()["person"])
    answers = [send(world, "hr", path, {"fingerprint": fingerprint}) for _turn in range(2)]
    assert [each.status_code for each in answers] == [303, 404]
    assert "imported or discarded already" in answers[1].get_data(as_text=True)
    assert len(world.look()["person"]) == before + 1
    world.restore()


def test_a_password_reset_sent_twice_says_what_to_do(world):
    use = TABLE["account.reset"]
    path = address(world, "account.reset", use)
    answers = [send(world, "nobody", path, use.data) for _turn in range(2)]
    world.restore()
    assert [each.status_code for each in answers] == [303, 404]
    assert "If you have just set your password with it, sign in." in answers[1].get_data(as_text=True)


def test_the_same_assessor_asked_twice_is_asked_once(world):
    use = TABLE["roleplays.ask"]
    assert _twice(world, use.by, address(world, "roleplays.ask", use), use.data) == [303, 303]


def _twice(world: World, kind: str, path: str, data: dict[str, Any]) -> list[int]:
    answers = [send(world, kind, path, data).status_code for _turn in range(2)]
    world.restore()
    return answers


def _data(endpoint: str) -> dict[str, Any]:
    return TABLE[endpoint].data | KEYED.get(endpoint, {})
