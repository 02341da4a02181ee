"""What no page could have sent is refused on every route, on both databases, and never crashes."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.routing import Rule

from app.db import db
from app.web.addresses import LARGEST_ID, IdConverter
from app.web.guard import public
from app.web.intake import NUL

BEYOND = 99_999_999_999_999_999_999
HELD_BY_ASSETS = {"web.static", "static"}


def rules(app: Flask, method: str) -> list[Rule]:
    found = [
        rule
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ()) and rule.endpoint not in HELD_BY_ASSETS
    ]
    assert len(found) > 30
    return found


def address(app: Flask, rule: Rule, number: object, words: str = "a-b") -> str:
    """Fill a rule in by hand, since `build` would refuse numbers that a browser may still send."""
    built = ""
    for is_name, part in rule._trace:
        if not is_name:
            built += part
        else:
            built += str(number) if isinstance(rule._converters[part], IdConverter) else words
    return built.lstrip("|")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_ids_that_no_column_holds_are_not_found(org, as_, app, method):
    client = as_("admin")
    send = client.get if method == "GET" else client.post
    numbered = [rule for rule in rules(app, method) if "<int:" in rule.rule]
    for rule in numbered:
        for beyond in (BEYOND, LARGEST_ID + 1):
            assert send(address(app, rule, beyond)).status in {404, 405}, rule
        assert send(address(app, rule, LARGEST_ID)).status in {303, 403, 404, 405, 422}, rule


def test_nul_in_an_address_is_not_found(org, as_, app):
    client = as_("admin")
    for rule in rules(app, "GET"):
        if any(type(each) is not IdConverter for each in rule._converters.values()):
            assert client.get(address(app, rule, 1, "a%00b")).status in {404, 303}, rule
        assert client.get(address(app, rule, 1) + "?week=1%00").status == 400, rule


def test_nul_in_a_field_is_refused(org, as_, app):
    client = as_("admin")
    for rule in rules(app, "POST"):
        for field in ({"note": f"a{NUL}b"}, {f"no{NUL}te": "a"}):
            assert client.post(address(app, rule, 1), field).status == 400, rule


def test_a_value_that_cannot_be_kept_is_refused_in_words(org, as_, app, monkeypatch):
    def overflow() -> None:
        raise OverflowError("beyond")

    monkeypatch.setitem(app.view_functions, "health.healthz", public(overflow))
    page = as_("admin").get("/healthz")
    assert page.status == 422
    assert "larger than can be kept" in page.words()


def test_a_failed_statement_still_gets_its_page(org, as_, app, monkeypatch):
    def fail() -> None:
        db.session.execute(text("SELECT no_such_column FROM person"))

    monkeypatch.setitem(app.view_functions, "health.healthz", public(fail))
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    page = as_("admin").get("/healthz")
    assert page.status == 500
    assert "Something broke on our side" in page.words()
