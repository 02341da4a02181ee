"""Every route says who may use it; a route that does not is refused at start.

`public`, `signed_in` and `allowed` mark a view. Which objects a person may touch is decided in each
domain's `access` module; this guard answers only "may this kind of person come here at all".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from flask import Flask, current_app, g, redirect, request, url_for

from app.web.refusals import Forbidden, SignedOut

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Permission:
    """Who may use a route: `label` in words, `check` over the actor (None for nobody signed in)."""

    label: str
    check: Callable[[Any], bool]
    needs_sign_in: bool = True


PUBLIC = Permission("anyone", lambda actor: True, needs_sign_in=False)
SIGNED_IN = Permission("anyone signed in", lambda actor: True)


def public(view: View) -> View:
    """Let anyone use the route, signed in or not."""
    return _mark(view, PUBLIC)


def signed_in(view: View) -> View:
    """Let every signed-in person use the route; the view's `access` call decides on the object."""
    return _mark(view, SIGNED_IN)


def allowed(label: str, check: Callable[[Any], bool]) -> Callable[[View], View]:
    """Let only actors for whom `check(actor)` holds use the route."""
    return lambda view: _mark(view, Permission(label, check))


def permission_of(app: Flask, endpoint: str) -> Permission | None:
    """Return the permission a route carries, or None where it carries none."""
    if endpoint == "static" or endpoint.endswith(".static"):
        return PUBLIC
    return getattr(app.view_functions[endpoint], "permission", None)


def safe_next(target: str | None) -> str | None:
    """Return a same-site path to go on to, or None for anything that leads elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc and "\\" not in target else None


def page_before() -> str:
    """Return the page from which a form was sent, or "/" where that page does not open by itself."""
    came = urlsplit(request.referrer or "")
    target = safe_next(f"{came.path}?{came.query}" if came.query else came.path)
    adapter = current_app.create_url_adapter(request)
    if came.netloc != request.host or target is None or adapter is None:
        return "/"
    return target if adapter.test(unquote(came.path), "GET") else "/"


def init_app(app: Flask) -> None:
    """Check each request against its route's permission, before anything else of the view runs."""

    @app.before_request
    def _guard() -> Any:
        if request.endpoint is None:
            return None
        permission = permission_of(current_app, request.endpoint)
        if permission is None:
            raise RuntimeError(f"route {request.endpoint} has no permission")
        actor = g.get("actor")
        if permission.needs_sign_in and actor is None:
            return _ask_to_sign_in()
        if not permission.check(actor):
            raise Forbidden()
        return None


def assert_every_route_guarded(app: Flask) -> None:
    """Raise RuntimeError, naming the routes, when any lacks a permission."""
    bare = sorted({r.endpoint for r in app.url_map.iter_rules() if permission_of(app, r.endpoint) is None})
    if bare:
        raise RuntimeError(f"routes without a permission: {', '.join(bare)}")


def _ask_to_sign_in() -> Any:
    if "application/json" in request.headers.get("Accept", ""):
        return current_app.response_class("Sign in first.", 401, mimetype="text/plain")
    if request.method not in {"GET", "HEAD"}:
        raise SignedOut()
    target = request.full_path if request.query_string else request.path
    return redirect(url_for("people.sign_in", next=target), 303)


def _mark(view: View, permission: Permission) -> View:
    view.permission = permission  # type: ignore[attr-defined]
    return view
