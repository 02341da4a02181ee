"""Make texts and addresses fit what XML 1.0 and its schemas can hold."""

from __future__ import annotations

import re

IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
AUTHORITY = re.compile(r"((?:[a-z][a-z0-9+.-]*:)?//(?:[^/?#@]*@)?)([^/?#]*)", re.IGNORECASE)
LITERAL_HOST = re.compile(r"\[[0-9A-Fa-f:.]+\](?::\d*)?\Z")
ENDS_WITH_PORT = re.compile(r"[^:]*(?::\d*)?\Z")


def possible(text: str) -> str:
    """Return a text without the characters that XML has no way to write."""
    return IMPOSSIBLE.sub("", text)


def as_uri(reference: str) -> str:
    """Return an address that an `xs:anyURI` takes: what no URI may hold there is written with %.

    Blanks and letters of any script stay: XML Schema (part 2, 3.2.17) lets the reader escape them.
    """
    address, mark, fragment = STRAY_PERCENT.sub("%25", possible(reference)).partition("#")
    found = AUTHORITY.match(address)
    host = ""
    if found:
        host, address = found[1] + _host(found[2]), address[found.end() :]
    elif address.startswith(":"):
        host = "./"
    return host + _bare(address) + mark + _bare(fragment).replace("#", "%23")


def _host(written: str) -> str:
    if LITERAL_HOST.match(written):
        return written
    return _bare(written if ENDS_WITH_PORT.match(written) else written.replace(":", "%3A"))


def _bare(part: str) -> str:
    return part.replace("[", "%5B").replace("]", "%5D")
