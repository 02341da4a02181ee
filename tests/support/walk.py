"""Walk the routes of the small world: fill in their addresses, read and send as any kind of person."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.people.views import TOKEN
from tests.permission_table import Use
from tests.support.client import PageClient
from tests.support.world import World


def filled(world: World, value: Any) -> Any:
    """Put the world's ids where a value names them."""
    if not isinstance(value, str):
        return value
    return re.sub(r"@(\w+)$", lambda name: str(world.ids[name[1]]) if name[1] in world.ids else name[0], value)  # fmt: skip


def address(world: World, endpoint: str, use: Use, **instead: Any) -> str:
    """Return the path of a route with the world's ids in it."""
    values = {name: filled(world, value) for name, value in use.to.items()} | instead
    rule = next(world.app.url_map.iter_rules(endpoint))
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: quote(str(values[match[1]])), rule.rule)
    return f"{path}?{filled(world, use.query)}" if use.query else path


def client_of(world: World, kind: str) -> PageClient:
    client = PageClient(world.app)
    if kind != "nobody":
        with client.http.session_transaction() as session:
            session[TOKEN] = world.tokens[kind]
    return client


def send(world: World, kind: str, path: str, data: dict[str, Any] | None = None) -> TestResponse:
    """Read a path, or with `data` send a form to it with a valid CSRF token."""
    client = client_of(world, kind)
    http: FlaskClient = client.http
    if data is None:
        return http.get(path)
    with world.app.app_context():
        token = client.csrf()
    sent = {name: filled(world, value) for name, value in data.items()}
    return http.post(path, data={"csrf_token": token, **sent})


def methods(world: World, endpoint: str) -> set[str]:
    return {m for rule in world.app.url_map.iter_rules(endpoint) for m in rule.methods or ()}
