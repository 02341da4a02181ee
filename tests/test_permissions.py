"""The permission walk: every route, every kind of person, on objects that belong to the learner.

Each kind reads and sends. Whoever may is answered with a page, a redirect or a complaint about the form;
whoever may not gets 403 or 404 and nobody is asked to sign in, and the database is exactly as before.
"""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from tests.permission_table import ANYONE, SIGNED_IN, TABLE, Use
from tests.support.walk import address, methods, send
from tests.support.world import KINDS

EVERYONE = (*KINDS, "nobody")
ANSWERED = {200, 204, 302, 303, 409, 422}
REFUSED = {403, 404}
UNKNOWN = (999_999, 2**63)


def test_every_route_stands_in_the_table(_app):
    app, _slate = _app
    routes = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert routes - set(TABLE) == set(), "say in tests/permission_table.py who may use these routes"
    assert set(TABLE) - routes == set(), "these routes are gone"


@pytest.mark.parametrize("endpoint", [name for name, use in TABLE.items() if use.reads])
def test_who_reads(world, endpoint):
    use = TABLE[endpoint]
    wrong = []
    assert "GET" in methods(world, endpoint)
    for kind in EVERYONE:
        answer = send(world, kind, address(world, endpoint, use))
        if not fits(kind, answer, kind in use.reads, "static" in endpoint, use):
            wrong.append(f"{kind}: {answer.status} {answer.headers.get('Location', '')}")
    world.restore()
    assert wrong == []


def fits(kind: str, answer: TestResponse, may: bool, file: bool, use: Use) -> bool:
    """Tell whether an answer is the one a reader should get."""
    status = answer.status_code
    if file:
        return status in {200, 404}
    if may:
        return status in ANSWERED | {503} and "/sign-in" not in answer.headers.get("Location", "")
    if kind == "nobody":
        return status == 303 and "/sign-in?next=" in answer.headers["Location"]
    return status in REFUSED


@pytest.mark.parametrize("endpoint", [name for name, use in TABLE.items() if use.sends])
def test_who_sends(world, endpoint):
    use = TABLE[endpoint]
    path = address(world, endpoint, use)
    before, wrong = world.look(), []
    assert "POST" in methods(world, endpoint)
    for kind in (kind for kind in EVERYONE if kind not in use.sends):
        answer = send(world, kind, path, use.data)
        expected = {401} if kind == "nobody" else REFUSED | (ANSWERED if kind in use.inert else set())
        if answer.status_code not in expected:
            wrong.append(f"{kind}: {answer.status}")
    assert world.look() == before, "somebody who may not has changed something"
    for kind in sorted(use.sends, key=lambda kind: kind != use.by):
        answer = send(world, kind, path, use.data)
        if answer.status_code not in ANSWERED:
            wrong.append(f"{kind}, who may: {answer.status}")
        elif use.effect and kind == (use.by or min(use.sends)) and world.look() == before:
            wrong.append(f"{kind}, who may, changed nothing: {answer.status}")
        world.restore()
    assert wrong == []


@pytest.mark.parametrize("endpoint", [name for name, use in TABLE.items() if use.to])
def test_what_does_not_exist_is_not_found(world, endpoint):
    use = TABLE[endpoint]
    before, wrong = world.look(), []
    lenient = use.inert or endpoint in {"account.reset", "quizzes.grade"}
    expected = REFUSED | {405} | (ANSWERED if lenient else set())
    numbers = [rule.arguments for rule in world.app.url_map.iter_rules(endpoint) if "<int:" in rule.rule]
    names = [name for name in use.to if numbers] or list(use.to)
    for name in names:
        for value in UNKNOWN if numbers else ("nowhere", "a" * 5000, "\N{RIGHT-TO-LEFT OVERRIDE}x"):
            for kind in ("learner", "hr", "host"):
                path = address(world, endpoint, use, **{name: value})
                answer = send(world, kind, path, use.data if use.sends else None)
                if answer.status_code not in expected:
                    wrong.append(f"{kind} {path[:80]}: {answer.status}")
    assert wrong == []
    assert world.look() == before


def test_the_table_keeps_to_known_kinds():
    for use in TABLE.values():
        assert use.reads | use.sends | use.inert <= ANYONE
    assert SIGNED_IN < ANYONE
