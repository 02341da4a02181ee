"""What every HTML page must hold, checked on every page that any test fetches."""

from __future__ import annotations

import html5lib


def check_page(text: str) -> None:
    """Raise AssertionError, saying what is wrong, when a page breaks a rule of the house."""
    parser = html5lib.HTMLParser(strict=True)
    parser.parse(text)
