"""Behind reverse proxies, take address, scheme and host from the headers they set."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix


def init_app(app: Flask, trusted: int) -> None:
    """Believe the last `trusted` entries of X-Forwarded-For, -Proto and -Host; none by default.

    Without a proxy nothing is believed: anyone could otherwise pretend to another address and so evade
    the limit on failed sign-ins. X-Forwarded-Prefix never is: Tandem stands at the root of its host, and a
    proxy that hands a visitor's own prefix on would let them choose where the link in a mail leads.
    """
    if trusted:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=trusted, x_proto=trusted, x_host=trusted, x_prefix=0
        )
