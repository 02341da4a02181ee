"""What the layout needs to know on every page: language, appearance, who is signed in, their inbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import get_locale

from app.web import assets, components, formatting, kept, navigation

THEMES = ("light", "dark")
THEME_COOKIE = "appearance"


def init_app(app: Flask) -> None:
    """Offer components, filters, assets, kept parts, navigation and the layout's values to every template."""
    components.init_app(app)
    formatting.init_app(app)
    assets.init_app(app)
    kept.init_app(app)
    navigation.init_app(app)
    app.context_processor(_values)


def set_inbox(app: Flask, endpoint: str, unread: Callable[[Any], int]) -> None:
    """Show a bell that leads to `endpoint`, with the number that `unread(actor)` returns."""
    app.extensions["inbox"] = (endpoint, unread)


def _values() -> dict[str, object]:
    actor = g.get("actor")
    locale = get_locale()
    theme = request.cookies.get(THEME_COOKIE)
    return {
        "page_locale": str(locale or "en").replace("_", "-"),
        "page_direction": "rtl" if locale is not None and locale.text_direction == "rtl" else "ltr",
        "page_theme": theme if theme in THEMES else None,
        "home_url": "/",
        "account_name": getattr(actor, "name", None),
        "account_meta": getattr(actor, "email", None),
        "account_links": navigation.links_for(actor, place="account"),
        "sign_out_url": url_for("people.sign_out") if actor is not None else None,
        "inbox": _inbox(actor),
    }


def _inbox(actor: Any) -> dict[str, object] | None:
    if actor is None or "inbox" not in current_app.extensions:
        return None
    endpoint, unread = current_app.extensions["inbox"]
    return {"href": url_for(endpoint), "count": unread(actor)}
