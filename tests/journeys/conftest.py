"""Journeys drive a real browser against a real server; they are skipped where there is no Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.support.browser import Visitor, chromium, serving
from tests.support.client import PageClient
from tests.support.factories import Org


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        if running is None:
            pytest.skip("no Chromium on this machine")
        yield running


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    with serving(app) as address:
        yield address


@pytest.fixture
def visit(app: Flask, org: Org, site: str, browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Open a window by kind of person: `visit("manager", width=360, theme="dark", scripts=False)`."""
    opened: list[Visitor] = []

    def window(kind: str = "nobody", **options: Any) -> Visitor:
        client = None if kind == "nobody" else PageClient(app, getattr(org, kind))
        opened.append(Visitor(site, browser, client, **options))
        return opened[-1]

    yield window
    for visitor in opened:
        visitor.close()
