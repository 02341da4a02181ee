"""Assets, navigation, appearance and the components page."""

from __future__ import annotations

import gzip

import pytest

from app.web import assets, navigation
from app.web.levels import heat_cell, level_chip
from app.web.staffing import below_floor, staffing_chart
from tests.support.client import PageClient


def test_assets_are_kept_for_a_year_under_their_own_digest(app):
    http = app.test_client()
    held = app.extensions["assets"]
    answer = http.get(f"/-/assets/{held.digest}/app.css", headers={"Accept-Encoding": "gzip"})
    assert "immutable" in answer.headers["Cache-Control"]
    assert gzip.decompress(answer.data) == held.files["app.css"].plain
    stale = http.get("/-/assets/0000/app.css")
    assert stale.data == held.files["app.css"].plain
    assert "immutable" not in stale.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["css/../../views.py", "..%2fviews.py", "nothing.css", "vendor/x.mjs"])
def test_only_assets_are_served(app, name):
    assert app.test_client().get(f"/-/assets/x/{name}").status_code == 404


def test_the_look_is_small_over_the_wire():
    held = assets.build()
    assert sum(len(asset.packed) for asset in held.files.values()) < 40_000


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/", "/"), ("/team", "/team"), ("/team/matrix/4", "/team/matrix"), ("/teams", None), ("/learn/x", "/learn")],
)  # fmt: skip
def test_the_longest_matching_entry_is_current(path, expected):
    assert navigation.nearest(path, ["/", "/team", "/team/matrix", "/learn"]) == expected


def test_nobody_has_no_navigation(app):
    with app.test_request_context("/"):
        assert not navigation.links_for(None)


def test_appearance_is_kept_in_a_cookie_and_can_be_forgotten(app, as_):
    client = as_("learner")
    assert (
        client.post("/-/appearance", {"theme": "dark", "next": "/-/components"}).location == "/-/components"
    )
    assert 'data-theme="dark"' in client.get("/-/components").text
    client.post("/-/appearance", {"theme": ""})
    assert "data-theme=" not in client.get("/-/components").text.split("<body>")[0]


@pytest.mark.parametrize("bad", ["//evil.example", "https://evil.example", "javascript:alert(1)"])
def test_appearance_leads_nowhere_else(app, bad):
    assert PageClient(app).post("/-/appearance", {"theme": "light", "next": bad}).location == "/"


@pytest.mark.parametrize("theme", ['dark" onload="x', "DARK", "x" * 3000])
def test_a_forged_appearance_is_ignored(app, theme):
    client = PageClient(app)
    client.http.set_cookie("appearance", theme)
    assert "data-theme=" not in client.get("/sign-in").text.split("<body>")[0]


def test_every_macro_stands_on_the_components_page_or_inside_one(app):
    from config import ROOT

    folder = ROOT / "app/web/templates/web"
    shown = "".join(
        p.read_text(encoding="utf-8") for p in [*folder.glob("*.html"), *folder.glob("components/*.html")]
    )
    names = app.jinja_env.globals["ui"].names()
    inside = {"error_summary", "toasts"}
    missing = [n for n in names if f"ui.{n}(" not in shown and n not in inside]
    assert not missing


def test_every_macro_is_in_the_design_document(app):
    from config import ROOT

    text = (ROOT / "docs/design.md").read_text(encoding="utf-8")
    missing = [n for n in app.jinja_env.globals["ui"].names() if f"`{n}(" not in text and f"{n}(" not in text]
    assert not missing


def test_the_components_page_is_sound_and_only_for_development(app, as_):
    assert as_("manager").get("/-/components").status == 200


def test_names_in_cells_are_escaped(app):
    with app.test_request_context():
        cell = heat_cell(2, 3, href='/x?a="b', label="<b>Bo</b>")
        assert "<b>Bo" not in cell
        assert 'a="b' not in cell


def test_a_level_says_number_name_gap_and_state(app):
    with app.test_request_context():
        chip = level_chip(2, 3, lapsing=True)
        assert all(word in chip for word in ("2 · Shows", "target 3", "lapsing", "dial-2"))
        assert "2, Shows" not in heat_cell(None)
        with pytest.raises(ValueError, match="no level 5"):
            level_chip(5)


def test_a_staffing_strip_names_when_too_few_are_on_duty_and_marks_it():
    slots = [("09:00", 1, 2), ("09:30", 2, 2), ("10:00", 0, 1), ("10:30", 1, 2), ("11:00", 3, 2)]
    assert below_floor(slots) == ["09:00", "10:00–10:30"]
    assert below_floor(slots[1:2]) == []
    chart = staffing_chart(slots)
    assert [chart.count("is-short"), chart.count("is-held"), "staffing-before" in chart] == [3, 2, False]
    assert 'viewBox="0 0 100 60"' in chart
    assert '<rect class="is-held" x="80" y="15.0" width="20" height="45.0"/>' in chart
    assert 'd="M0 30.0H20L20 30.0H40L40 45.0H60L60 30.0H80L80 30.0H100"' in chart  # the floor
    assert staffing_chart([("09:00", 2, 2)]) != staffing_chart([("09:00", 1, 2)])
    assert 'class="staffing-before" d="M0 45.0H20"' in staffing_chart(slots, [("09:00", 1, 2)])
