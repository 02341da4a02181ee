"""The shell and the components in a real browser: accessible, within the window, quick, truthful."""

from __future__ import annotations

import pytest

from tests.support.browser import THEMES, WIDTHS

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_components_hold_at_every_width_and_theme(visit, width, theme):
    visitor = visit("manager", width=width, theme=theme)
    visitor.open("/-/components")
    assert visitor.problems() == []


@pytest.mark.parametrize("path", ["/sign-in", "/nowhere"])
def test_bare_pages_hold(visit, path):
    visitor = visit(width=360)
    visitor.open(path)
    assert [p for p in visitor.problems() if "404" not in p] == []


def test_components_fit_at_four_hundred_percent_zoom(visit):
    visitor = visit("manager", width=320)
    page = visitor.open("/-/components")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_first_load_stays_under_100_kb(visit):
    visitor = visit("manager")
    page = visitor.page
    sizes = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.goto("/sign-in")
    page.goto("/-/appearance-that-is-not-there")
    page.wait_for_load_state("networkidle")
    assert sum(sizes) < 100_000


@pytest.mark.parametrize("width", WIDTHS)
def test_the_number_of_unread_notices_touches_the_bell(visit, width):
    page = visit("learner", width=width).open("/-/components")
    overlap = page.evaluate(
        """() => {
            const link = document.querySelector('.topbar-link[href="/inbox"]');
            link.querySelector('.count')?.remove();
            link.insertAdjacentHTML('beforeend', '<span class="count">3</span>');
            const bell = link.querySelector('svg').getBoundingClientRect();
            const count = link.querySelector('.count').getBoundingClientRect();
            return [bell.right - count.left, count.bottom - bell.top];
        }"""
    )
    assert min(overlap) >= 7


@pytest.mark.parametrize("scripts", [True, False])
def test_the_chosen_appearance_stays(visit, scripts):
    visitor = visit("learner", scripts=scripts)
    page = visitor.open("/-/components")
    page.click(".topbar .menu > summary")
    page.click(".appearance button[value=dark]")
    page.wait_for_selector("html[data-theme=dark]")
    page.wait_for_load_state("networkidle")
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_a_loss_is_asked_for_first_and_escape_keeps_it(visit):
    visitor = visit("learner")
    page = visitor.open("/-/components")
    page.click("text=Cancel session")
    assert page.locator("#confirm").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#confirm").is_visible()
    assert page.url.endswith("/-/components")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Cancel session"


def test_menus_open_and_close_by_keyboard(visit):
    visitor = visit("learner")
    page = visitor.open("/-/components")
    summary = page.locator(".topbar .menu > summary")
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator(".appearance").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator(".appearance").is_visible()
    assert summary.evaluate("node => node === document.activeElement")


def test_save_state_tells_the_truth_while_the_server_is_away(visit):
    visitor = visit("learner")
    page = visitor.open("/-/components")
    module = page.locator("script[type=module]").first.get_attribute("src").replace("main.mjs", "fetch.mjs")
    page.route("**/-/appearance", lambda route: route.abort())
    page.evaluate(
        """async module => {
            const { Saver } = await import(module);
            window.state = document.querySelector("#fresh [data-save-state]");
            window.saver = new Saver(window.state);
            window.saver.save("q1", "/-/appearance", { theme: "dark" });
        }""",
        module,
    )
    page.wait_for_selector("#fresh [data-save-state=unsaved]")
    assert page.locator("#fresh [data-save-text]").text_content() == "Not saved, retrying"
    page.unroute("**/-/appearance")
    page.wait_for_selector("#fresh [data-save-state=saved]")
    assert page.evaluate("window.saver.idle")
