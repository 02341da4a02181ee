"""Text longer than its place is refused everywhere, in words that name the field and the limit.

Every route that takes a form is sent a valid form in which one text is too long: each text field of every
page that leads there, and each field of the table of permissions. On both databases nothing is kept of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import html
from werkzeug.exceptions import HTTPException

from tests.permission_table import TABLE
from tests.support.client import Page
from tests.support.walk import address, send
from tests.support.world import World

TYPED = {"text", "email", "password", "search", "hidden", "tel", "url", None}
WELL_ABOVE = 5_000
MARK = "overlong"
LOOKERS = {"learner", "host", "other", "manager", "hr"}
"""Who between them see every form of the world."""
KEPT_APART = {"csrf_token", "next"}
COUNTS_TRIES = "sign_in_failure"
"""Where a wrong password is noted, whatever else was sent."""


@dataclass(frozen=True)
class Field:
    """One text field of a form on a page: where it is sent, what it is called, how long it may be."""

    endpoint: str
    path: str
    name: str
    label: str
    limit: int | None
    visible: bool
    rest: dict[str, str]
    """What the page sends beside it."""


def fields_on(world: World, here: str, text: str) -> Iterator[Field]:
    tree = html.document_fromstring(text)
    labels = {label.get("for"): " ".join(label.text_content().split()) for label in tree.iter("label")}
    for form in tree.xpath("//form[translate(@method,'POST','post')='post']"):
        path = urlsplit(form.get("action") or here).path
        try:
            endpoint, _values = world.app.url_map.bind("tandem").match(path, "POST")
        except HTTPException:
            continue
        rest = {name: value or "" for name, value in form.form_values() if name not in KEPT_APART}
        for control in form.xpath(".//input | .//textarea"):
            name, kind = control.get("name"), control.get("type")
            if name and name not in KEPT_APART and (control.tag == "textarea" or kind in TYPED):
                limit = int(control.get("maxlength")) if control.get("maxlength") else None
                label = (labels.get(control.get("id")) or control.get("aria-label") or "").removesuffix(
                    " optional"
                )
                yield Field(endpoint, path, name, label, limit, kind != "hidden", rest)


@pytest.fixture(scope="module")
def fields(world: World) -> dict[tuple[str, str], Field]:
    """Every text field of every page that somebody can read in the world, by endpoint and name."""
    found: dict[tuple[str, str], Field] = {}
    for endpoint, use in TABLE.items():
        if endpoint == "web.components":  # samples that lead nowhere
            continue
        for kind in sorted(use.reads & LOOKERS) or sorted(use.reads)[:1]:
            answer = send(world, kind, address(world, endpoint, use))
            if answer.mimetype == "text/html" and answer.status_code == 200:
                for field in fields_on(world, address(world, endpoint, use), answer.get_data(as_text=True)):
                    found.setdefault((field.endpoint, field.name), field)
    world.restore()
    return found


def kept(world: World) -> list[str]:
    """Return where something of an overlong text stands in the database."""
    return [table for table, rows in world.look().items() if any(MARK in repr(row) for row in rows)]


def test_every_page_says_how_long_its_texts_may_be(fields):
    bare = [
        f"{field.endpoint}: {field.name}" for field in fields.values() if field.visible and not field.limit
    ]
    assert len(fields) > 60
    assert bare == []


@pytest.mark.parametrize("endpoint", [name for name, use in TABLE.items() if use.sends])
def test_an_overlong_text_is_refused_in_words(world, fields, endpoint):
    use = TABLE[endpoint]
    kind, before, wrong = use.by or min(use.sends), world.look(), []
    offered = {name: field for (to, name), field in fields.items() if to == endpoint}
    for name in {**dict.fromkeys(use.data), **offered}:
        field = offered.get(name)
        limit = field.limit if field and field.limit else None
        text = MARK * ((limit or WELL_ABOVE) // len(MARK) + 1)
        path = field.path if field and not use.to else address(world, endpoint, use)
        answer = send(world, kind, path, (field.rest if field else {}) | use.data | {name: text})
        if answer.status_code >= 500 or kept(world):
            wrong.append(f"{name}: {answer.status}, kept in {kept(world)}")
        if limit and field and field.visible and (lack := unsaid(Page(answer), field, limit)):
            wrong.append(f"{name}: {answer.status} {lack}")
        if answer.status_code >= 400 and {**world.look(), COUNTS_TRIES: before[COUNTS_TRIES]} != before:
            wrong.append(f"{name}: {answer.status}, and yet something changed")
        world.restore()
    assert not wrong, "\n".join(wrong)


def unsaid(page: Page, field: Field, limit: int) -> str:
    """Return what the answer to an overlong text does not say; nothing where it says it all."""
    if page.status not in {400, 422} or not page.is_html:
        return "is not a refusal"
    words = page.words("body")
    said: dict[str, Any] = {field.label: field.label in words, str(limit): f"At most {limit} char" in words}
    return ", ".join(f"does not say {each!r}" for each, is_said in said.items() if not is_said)
