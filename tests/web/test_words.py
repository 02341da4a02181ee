import pytest
from babel.support import Translations
from flask import g, url_for
from flask_babel import gettext, ngettext

from app.people.passwords import new_token
from app.web.words import Catalogue

SAYINGS = {"Home": "Start", "Hello %(name)s": "Hallo %(name)s", "50%%": "50%%", "<b>": "<b>"}


@pytest.fixture
def said(app):
    """Say a template in a made-up language; `said(text, name=...)`."""

    def say(template, **values):
        words = Translations()
        words._catalog = {**SAYINGS, ("%(num)s day", 0): "%(num)s Tag", ("%(num)s day", 1): "%(num)s Tage"}
        words.plural = lambda n: int(n != 1)
        with app.test_request_context("/"):
            g.catalogue = Catalogue("xx", words)
            out = app.jinja_env.from_string(template).render(**values)
            g.pop("catalogue")  # the context of the test outlives the request
            return out

    return say


def test_templates_speak_the_language_of_the_request(said, app):
    assert said("{{ _('Home') }}{{ _('Home') }}") == "StartStart"
    with app.test_request_context("/"):
        assert app.jinja_env.from_string("{{ _('Home') }}").render() == "Home"


def test_what_is_put_into_a_phrase_is_escaped_and_the_phrase_is_not(said):
    assert said("{{ _('Hello %(name)s', name=n) }}", n="<i>") == "Hallo &lt;i&gt;"
    assert said("{{ _('<b>') }}{{ _('50%%') }}") == "<b>50%"


@pytest.mark.parametrize(("count", "words"), [(1, "1 Tag"), (2, "2 Tage")])
def test_numbers_choose_the_form(said, count, words):
    assert said("{{ ngettext('%(num)s day', '%(num)s days', n) }}", n=count) == words


def test_python_code_speaks_the_same_language(app):
    words = Translations()
    words._catalog = SAYINGS
    with app.test_request_context("/"):
        g.catalogue = Catalogue("xx", words)
        assert gettext("Hello %(name)s", name="A") == "Hallo A"
        assert ngettext("one", "many", 2) == "many"
        g.pop("catalogue")


def test_addresses_are_the_same_from_memory(app):
    def built():
        return [
            url_for("competency.matrix", team=1),
            url_for("competency.matrix", team="1"),
            url_for("competency.matrix", team=True),
            url_for("competency.matrix", team=None),
            url_for("competency.matrix", team=[1, 2]),
            url_for("competency.matrix", _anchor="x"),
            url_for("competency.matrix", _external=True),
        ]

    with app.test_request_context("/"):
        first = built()
        assert first == built()
    assert first[:4] == ["/matrix?team=1", "/matrix?team=1", "/matrix?team=True", "/matrix"]
    assert first[4:] == ["/matrix?team=1&team=2", "/matrix#x", "http://localhost/matrix"]


def test_no_secret_of_an_address_stays_in_memory(app):
    with app.test_request_context("/"):
        for token in (new_token(), "short"):
            assert url_for("account.reset", token=token) == f"/reset-password/{token}"
    kept = [address for address in app._addresses.values() if "reset-password/" in address]
    assert kept == ["/reset-password/short"]
