"""The sweep: every page that each kind of demo person can reach by links, at three widths and in the dark.

The demo organisation is built once for this file. Each person starts at home and follows links until every
kind of page was seen; a page is loaded once and measured again by resizing the window.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.exceptions import HTTPException

from app import clock, create_app
from app.authoring.load import load
from app.authoring.reader import read_library
from app.competency import service as competency
from app.competency.queries_ledger import list_evidence
from app.curriculum import queries as curriculum
from app.db import transaction
from app.demo.build import build
from app.demo.roster import SIGN_INS
from app.people import queries as people
from app.people.service_passwords import make_reset
from app.quizzes import service as quizzes
from app.quizzes.queries import attempts_of
from app.roleplays import service as roleplays
from app.roleplays.queries_waiting import waiting_for
from config import ROOT, read_settings
from tests.support.axe import axe_violations
from tests.support.browser import WIDTHS, Visitor, serving
from tests.support.client import PageClient
from tests.support.databases import CleanSlate, server
from tests.support.pages import page_problems

pytestmark = [pytest.mark.sweep, pytest.mark.slow]

FILES = {"static", "web.static", "curriculum.media", "scheduling.feed", "health.healthz", "health.readyz"}
ELSEWHERE = {
    "people.preview_import": "needs an uploaded file; at three widths in test_people",
    "onboarding.mine": "has no page of its own: leads on to the new hire's",
    "roleplays.reconcile": "needs two sheets that differ; at three widths in test_roleplays",
    "quizzes.grade_attempt": "needs a free answer, which no shipped quiz asks; at three widths in test_quiz",
}


@dataclass
class Demo:
    """The running demo: where it is, who is who, and which pages the sweep has seen."""

    app: Flask
    site: str
    ids: dict[str, int]
    further: dict[str, list[str]]
    seen: set[str] = field(default_factory=set)
    walked: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def demo(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with server(database_kind) as url:
        folder = tmp_path_factory.mktemp("demo")
        env = {"DATABASE_URL": url, "SECRET_KEY": "s" * 40, "INSTANCE_DIR": str(folder), "DEMO": "1"}
        app = create_app(read_settings(env))
        app.config["TESTING"] = True
        CleanSlate(app)
        with app.app_context():
            library = read_library(ROOT).library
            assert library is not None
            now = clock.now()
            with transaction():
                load(library, "digest", now)
                build(now)
            ids = {card.email.partition("@")[0]: card.person_id for card in people.list_active()}
            further = _begin(ids)
        with serving(app) as site:
            yield Demo(app, site, ids, further)


def _begin(ids: dict[str, int]) -> dict[str, list[str]]:
    """Begin what the demo has not begun; return the addresses by person."""
    now = clock.now()
    lena, hiro, hanna = (people.actor_for(ids[key], now) for key in ("lena", "hiro", "hanna"))
    paths = [
        path
        for path in curriculum.list_paths("support", curriculum.progress_in(ids["lena"], "support"))
        if path.for_me
    ]
    steps = [step for path in paths for module in path.modules for step in module.steps]
    quiz = next(step.key for step in steps if step.kind == "quiz")
    role_play = next(step.key for step in steps if step.kind == "role_play")
    evidence = list_evidence(ids["lena"])[0]
    taken = [each for step in steps if step.kind == "quiz" for each in attempts_of(ids["lena"], step.key)]
    reviewed = next(each for each in taken if each.handed_in)
    sign_off = next(each.href for each in waiting_for(hiro, now) if each.kind == "sign_off")
    with transaction():
        reset = make_reset(ids["pawel"], now)
        attempt = quizzes.start_attempt(ids["lena"], quiz, now, seed=1)
        dispute = competency.open_dispute(lena, evidence.row.id, "It was not me", now)
        _round, sheet = roleplays.ask_assessor(hanna, ids["lena"], role_play, hiro.person_id, now)
    return {
        "lena": [f"/attempts/{attempt}", f"/attempts/{attempt}/hand-in", f"/quizzes/{quiz}"]
        + [f"/attempts/{reviewed.id}/review"],
        "hiro": [f"/assessments/{sheet}", f"/assessments/{sheet}/decline", sign_off],
        "hanna": [
            f"/authoring/quizzes/{quiz}/statistics",
            "/quizzes/extra-time",
            "/people/new",
            f"/people/{ids['lena']}/deactivate",
            f"/disputes/{dispute}",
        ],
        "nobody": [f"/reset-password/{reset.token}"],
    }


def endpoint_of(demo: Demo, path: str) -> tuple[str, str] | None:
    """Return which kind of page an address is, or None for files, downloads and other hosts."""
    parts = urlsplit(path)
    if not path.startswith("/") or parts.path.endswith((".csv", ".ics")):
        return None
    try:
        endpoint, _values = demo.app.url_map.bind("tandem").match(parts.path, "GET")
    except HTTPException:
        return None
    return None if endpoint in FILES else (endpoint, parse_qs(parts.query).get("view", [""])[0])


def measure(visitor: Visitor, html: str, *, first: bool) -> list[str]:
    """Return what is wrong with the page shown: the rules of HTML, and axe and overflow at three widths.

    The first person to see a kind of page looks at it in the dark, too.
    """
    page = visitor.page
    found = page_problems(html)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width} px: {each}" for each in sideways(page)]
        found += [f"{width} px: {each}" for each in axe_violations(page)]
    if first:
        page.set_viewport_size({"width": WIDTHS[1], "height": 900})
        page.emulate_media(color_scheme="dark")
        page.reload()
        found += [f"{WIDTHS[1]} px, dark: {each}" for each in axe_violations(page)]
        page.emulate_media(color_scheme="light")
    found += visitor.complaints
    visitor.complaints.clear()
    return found


def sideways(page: Page) -> list[str]:
    beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [f"the page is {beyond} px wider than the window"] if beyond > 0 else []


def walk(demo: Demo, visitor: Visitor, start: list[str]) -> dict[str, list[str]]:
    """Follow links from the start until every kind of page was seen; return what is wrong, by address."""
    waiting, mine, wrong = list(start), set(), {}
    while waiting:
        path = waiting.pop(0)
        kind = endpoint_of(demo, path)
        if kind is None or kind in mine:
            continue
        mine.add(kind)
        answer = visitor.page.goto(path)
        assert answer is not None
        if answer.status >= 400:
            wrong[path] = [f"a link led to {answer.status}"]
            visitor.complaints.clear()
            continue
        problems = measure(visitor, answer.text(), first=kind[0] not in demo.seen)
        demo.seen.add(kind[0])
        if problems:
            wrong[path] = problems
        hrefs = visitor.page.eval_on_selector_all("a[href]", "links => links.map(a => a.href)")
        here = [href.removeprefix(demo.site) for href in hrefs if href.startswith(demo.site)]
        waiting += [urljoin("/", href.partition("#")[0]) for href in here]
    return wrong


def open_window(demo: Demo, browser: Browser, key: str | None) -> Visitor:
    client = PageClient(demo.app, demo.ids[key]) if key else None
    visitor = Visitor(demo.site, browser, client)
    visitor.context.set_default_timeout(30_000)
    return visitor


@pytest.mark.parametrize("key", [key for _kind, key, _what in SIGN_INS])
def test_every_page_a_person_reaches_holds(demo, browser, key):
    visitor = open_window(demo, browser, key)
    try:
        wrong = walk(demo, visitor, ["/", *demo.further.get(key, [])])
    finally:
        visitor.close()
    demo.walked.add(key)
    assert wrong == {}


def test_every_page_before_signing_in_holds(demo, browser):
    visitor = open_window(demo, browser, None)
    try:
        wrong = walk(
            demo,
            visitor,
            ["/sign-in", "/reset-password", "/-/mail", "/-/components", *demo.further["nobody"]],
        )
    finally:
        visitor.close()
    demo.walked.add("nobody")
    assert wrong == {}


def test_every_kind_of_page_was_seen(demo):
    if len(demo.walked) <= len(SIGN_INS):
        pytest.skip("the whole sweep tells: run this file as a whole")
    pages = {
        rule.endpoint
        for rule in demo.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.endswith((".csv", ".ics"))
    }
    assert pages - FILES - set(ELSEWHERE) - demo.seen == set()
