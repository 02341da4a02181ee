"""People who mean harm, or a keyboard that slipped: every form is fed text no page offers.

Nothing of it may break the server, come back unescaped, or lose the form; a complaint says in its page what is
wrong.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from lxml import html
from werkzeug.test import TestResponse

from tests.permission_table import TABLE, Use
from tests.support.client import PageClient
from tests.support.walk import address, client_of, filled
from tests.support.world import World

MARK = "<script>alert('x')</script>"
HOSTILE = {
    "markup": f"{MARK}<img src=x onerror=alert(1)>",
    "other direction": "\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe\N{ZERO WIDTH JOINER}",
    "ten thousand letters": "a" * 10_000,
    "a NUL": "before\0after",
    "half a surrogate": "\udcff",
    "a long number": "9" * 30,
    "more digits than Python reads": "9" * 5_000,
    "a negative number": "-1",
    "digits of elsewhere": "٣²",
    "a formula": "=HYPERLINK(1)",
    "nothing": "",
    "a blank": " ",
    "a word": "abc",
    "a fraction": "1.5",
    "the first day": "0001-01-01",
    "the last day": "9999-12-31",
    "no day": "2026-02-30",
    "the last moment": "9999-12-31T23:30+00:00",
    "a path": "../../x",
}


def sender(endpoint: str, use: Use) -> str:
    return use.by or min(use.sends)


def send(world: World, client: PageClient, path: str, data: dict[str, Any]) -> Any:
    with world.app.app_context():
        token = client.csrf()
    encoded = {
        name: value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
        for name, value in data.items()
    }
    return client.http.post(path, data={"csrf_token": token, **encoded})


@pytest.mark.parametrize("endpoint", [name for name, use in TABLE.items() if use.sends and use.data])
def test_no_field_breaks_a_form(world, endpoint):
    use, wrong = TABLE[endpoint], []
    sound = {name: filled(world, value) for name, value in use.data.items()}
    fields = [name for name in sound if not name.startswith("p") or not name[1:2].isdigit() or name[1] == "2"]
    for field in fields:
        for name, text in HOSTILE.items():
            client = client_of(world, sender(endpoint, use))
            answer = send(world, client, address(world, endpoint, use), sound | {field: text})
            if answer.status_code >= 500 or MARK in answer.get_data(as_text=True) or unexplained(answer):
                wrong.append(f"{field} with {name}: {answer.status}")
            elif 300 <= answer.status_code < 400:
                shown = client.http.get(answer.headers["Location"])
                if shown.status_code >= 500 or MARK in shown.get_data(as_text=True):
                    wrong.append(f"{field} with {name}, the page after: {shown.status}")
                world.restore()
    world.restore()
    assert wrong == []


@pytest.mark.parametrize("endpoint", [name for name, use in TABLE.items() if use.sends])
def test_no_missing_field_breaks_a_form(world, endpoint):
    use, wrong = TABLE[endpoint], []
    for left_out in (*use.data, None):
        sent = {name: filled(world, use.data[name]) for name in use.data if left_out not in (name, None)}
        answer = send(world, client_of(world, sender(endpoint, use)), address(world, endpoint, use), sent)
        if answer.status_code >= 500 or unexplained(answer):
            wrong.append(f"without {left_out or 'anything'}: {answer.status}")
        world.restore()
    assert wrong == []


def unexplained(answer: TestResponse) -> bool:
    """Tell whether a complaint does not say in its page what is wrong."""
    if answer.status_code != 422 or answer.mimetype != "text/html":
        return False
    page = html.document_fromstring(answer.get_data(as_text=True))
    said = "//*[@role='alert'] | //*[contains(@class, 'field-error')] | //p[contains(., 'Error 422')]"
    return not page.xpath(said)


QUERIES = {
    "/people": ("q", "department", "team", "role", "state", "page"),
    "/matrix": ("team", "role", "direction", "page"),
    "/matrix.csv": ("team", "role", "direction"),
    "/coverage": ("level", "team"),
    "/organisation": ("department",),
    "/glossary": ("q",),
    "/onboarding": ("programme", "risk"),
    "/onboarding.csv": ("programme",),
    "/schedule": ("week", "view"),
    "/sessions/new": ("learner", "host", "kind", "competency", "mode", "minutes", "team", "week", "start"),
    "/rotations/new": ("employee", "team"),
    "/assessments/new": ("role_play", "learner", "module", "activity"),
    "/": ("view",),
    "/sign-in": ("next",),
}


@pytest.mark.parametrize("path", QUERIES)
@pytest.mark.parametrize("kind", ["hr", "manager"])
def test_no_address_breaks_a_page(world, path, kind):
    wrong = []
    for name in QUERIES[path]:
        for label, text in HOSTILE.items():
            sent = text.encode("utf-8", "surrogatepass")
            answer = client_of(world, kind).http.get(f"{path}?{name}={quote(sent)}")
            if answer.status_code >= 500 or MARK in answer.get_data(as_text=True):
                wrong.append(f"{name} with {label}: {answer.status}")
    assert wrong == []
