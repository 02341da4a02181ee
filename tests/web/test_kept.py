"""Parts of pages that are drawn once: never shown where their values or the language differ."""

from __future__ import annotations

from itertools import count

import pytest
from flask import g

from app.web.kept import Keep
from app.web.words import catalogue


@pytest.fixture
def draw(app):
    """Return a function that draws a page with a kept part and says how often that part was drawn."""
    app.jinja_env.extensions[Keep.identifier].forget()
    drawn = count(1)
    template = app.jinja_env.from_string(
        "{% for each in rows %}{% keep each, mark %}<b>{{ each }}{{ mark }} {{ drawn() }}</b>{% endkeep %}{% endfor %}"
    )

    def page(*rows: object, mark: str = "", language: str = "en") -> str:
        with app.test_request_context("/"):
            g.catalogue = type(catalogue())(language, catalogue().translations)
            return template.render(rows=rows, mark=mark, drawn=lambda: next(drawn))

    return page


def test_the_same_values_are_drawn_once(draw):
    assert draw("a", "b", "a") == "<b>a 1</b><b>b 2</b><b>a 1</b>"
    assert draw("a") == "<b>a 1</b>"


def test_another_value_or_language_is_drawn_anew(draw):
    assert draw("a") == "<b>a 1</b>"
    assert draw("a", mark="!") == "<b>a! 2</b>"
    assert draw("a", language="de") == "<b>a 3</b>"


def test_what_is_kept_stays_escaped(draw):
    assert draw("<i>", "<i>") == "<b>&lt;i&gt; 1</b>" * 2


def test_templates_that_are_being_written_are_drawn_anew(app, draw, monkeypatch):
    monkeypatch.setattr(app.jinja_env, "auto_reload", True)
    assert draw("a", "a") == "<b>a 1</b><b>a 2</b>"


def test_the_navigation_marks_the_place_where_its_reader_is(as_):
    learner, manager = as_("learner"), as_("manager")
    for _ in range(2):
        for client, path in ((learner, "/"), (learner, "/my/matrix"), (manager, "/"), (manager, "/people")):
            page = client.get(path)
            here = [link.get("href") for link in page.tree.cssselect("nav.sidebar a[aria-current=page]")]
            assert here == [path]
