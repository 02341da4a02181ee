"""A browser without pictures: fetches pages, checks each one, fills in and sends the forms it finds."""

from __future__ import annotations

from typing import Any

from flask import Flask, has_app_context
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from app import clock
from app.db import db, transaction
from app.people.service import start_session
from app.people.views import TOKEN
from tests.support.pages import check_page


class Page:
    """One response; HTML bodies were checked when it was made."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.text = response.get_data(as_text=True) if response.mimetype.startswith(("text/", "application/json")) else ""  # fmt: skip
        self.is_html = response.mimetype == "text/html"
        if self.is_html and self.text.strip() and not 300 <= self.status < 400:
            check_page(self.text)
            self.tree = html.fromstring(self.text)

    @property
    def location(self) -> str:
        return self.response.headers.get("Location", "")

    def words(self, css: str = "main") -> str:
        """Return the text a person reads inside the first element that matches, spaces folded."""
        found = self.tree.cssselect(css)
        return " ".join(found[0].text_content().split()) if found else ""

    def links(self) -> list[str]:
        return [a.get("href") for a in self.tree.iter("a") if a.get("href")]


class PageClient:
    """Signed in as one person, or as nobody; CSRF is on, so forms are sent as a browser sends them."""

    def __init__(self, app: Flask, person_id: int | None = None) -> None:
        self._app = app
        self.http: FlaskClient = app.test_client()
        if person_id is not None:
            with app.app_context(), transaction():
                token = start_session(person_id, clock.now(), days=1)
            with self.http.session_transaction() as session:
                session[TOKEN] = token

    def _send(self, method: str, path: str, **options: Any) -> Page:
        """Send as a server would: in a context of its own; the test's session then sees what changed."""
        if has_app_context():
            db.session.rollback()
        with self._app.app_context():
            return Page(self.http.open(path, method=method, **options))

    def get(self, path: str, **options: Any) -> Page:
        return self._send("GET", path, **options)

    def csrf(self, path: str = "/sign-in") -> str:
        """Return a CSRF token valid for this client."""
        from flask_wtf.csrf import generate_csrf

        with self.http.application.test_request_context(), self.http.session_transaction() as stored:
            from flask import g, session

            session.update(stored)
            g.pop("csrf_token", None)  # kept from another client of the same test
            token = generate_csrf()
            stored["csrf_token"] = session["csrf_token"]
        return token

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> Page:
        """Send a form straight to a path, with a valid CSRF token."""
        return self._send("POST", path, data={"csrf_token": self.csrf(), **(data or {})}, **options)

    def submit(self, page: Page, action: str | None = None, button: str | None = None, **fields: Any) -> Page:
        """Fill in and send a form of a page: the one whose action ends with `action`, or the only POST form."""
        forms = [f for f in page.tree.iter("form") if (f.get("method") or "").lower() == "post"]
        if action is not None:
            forms = [f for f in forms if (f.get("action") or "").endswith(action)]
        else:
            forms = [f for f in forms if any(above.tag == "main" for above in f.iterancestors())]
        assert forms, f"no form for {action!r} on this page"
        form = forms[0]
        values: dict[str, Any] = {}
        for key, value in form.form_values():
            values.setdefault(key, []).append(value)
        for key, value in fields.items():
            assert key in form.fields, f"the form has no field {key!r}, only {sorted(form.fields)}"
            values[key] = value
        if button:
            name, value = button.split("=", 1)
            values[name] = value
        target = form.get("action") or _address(page)
        return self._send("POST", target, data=values, content_type=form.get("enctype"))


def _address(page: Page) -> str:
    request = page.response.request
    return f"{request.path}?{request.query_string.decode()}" if request.query_string else request.path
