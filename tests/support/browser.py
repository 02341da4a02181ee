"""A real server and a real Chromium for journeys: `Visitor` opens pages as one person, at one width."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from tests.support.axe import axe_violations
from tests.support.client import PageClient
from tests.support.pages import page_problems
from tools.find_browser import find_browser

WIDTHS = (360, 768, 1440)
THEMES = ("light", "dark")


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve the application from threads of this process; yield its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def chromium() -> Iterator[Browser | None]:
    """Yield a headless Chromium, or None where the machine has none."""
    path = find_browser()
    if path is None:
        yield None
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


class Visitor:
    """One person's browser window; everything the console complains about is kept in `complaints`."""

    def __init__(self, site: str, browser: Browser, client: PageClient | None, **options: Any) -> None:
        width, theme = options.pop("width", 1440), options.pop("theme", "light")
        self.site = site
        self.context: BrowserContext = browser.new_context(
            base_url=site,
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            reduced_motion="reduce",
            java_script_enabled=options.pop("scripts", True),
            **options,
        )
        self.context.set_default_timeout(15_000)
        cookie = client.http.get_cookie("tandem") if client else None
        if cookie:
            self.context.add_cookies([{"name": "tandem", "value": cookie.value, "url": site}])
        self.complaints: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._watch)

    def _listen(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _watch(self, request: Any) -> None:
        if not request.url.startswith((self.site, "data:", "blob:", "about:")):
            self.complaints.append(f"a request to another host: {request.url}")

    def open(self, path: str) -> Page:
        """Go to a path of the site."""
        self.page.goto(path)
        return self.page

    def problems(self) -> list[str]:
        """Return everything wrong with the page shown: axe, HTML, sideways scrolling, console."""
        page = self.page
        found = axe_violations(page)
        beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if beyond > 0:
            found.append(f"the page is {beyond} px wider than the window")
        answer = self.context.request.get(page.url)
        if answer.ok and "text/html" in answer.headers.get("content-type", ""):
            found += page_problems(answer.text())
        return found + self.complaints

    def close(self) -> None:
        self.context.close()
