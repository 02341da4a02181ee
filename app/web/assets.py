"""Serve the stylesheet and the scripts under an address that changes with their content.

The style sheets are joined into one file and each text file is compressed once, so that a first
visit costs one small request for the look and browsers may keep everything for a year.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, abort, current_app, request, url_for

STATIC = Path(__file__).parent / "static"
STYLES = (
    "tokens.css",
    "base.css",
    "layout.css",
    "arrangements.css",
    "controls.css",
    "fields.css",
    "surfaces.css",
    "feedback.css",
    "people.css",
    "data.css",
    "tables.css",
    "schedule.css",
    "week_places.css",
    "quiz.css",
    "assessment.css",
)
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True)
class Asset:
    """One file as it goes over the wire."""

    plain: bytes
    packed: bytes
    mimetype: str


@dataclass(frozen=True)
class Bundle:
    """All assets of one build; `digest` names their content."""

    digest: str
    files: dict[str, Asset]
    stamp: float


def build(root: Path = STATIC) -> Bundle:
    """Read, join and compress the assets under `root`."""
    sources = [p for p in sorted(root.rglob("*")) if p.suffix in TYPES and "vendor" not in p.parts]
    texts = {p.relative_to(root).as_posix(): p.read_bytes() for p in sources}
    styles = b"\n".join(texts.pop(f"css/{name}") for name in STYLES)
    texts["app.css"] = styles
    digest = hashlib.sha256()
    files = {}
    for name, text in sorted(texts.items()):
        digest.update(name.encode() + b"\0" + text)
        files[name] = Asset(text, gzip.compress(text, 9, mtime=0), TYPES[Path(name).suffix])
    return Bundle(digest.hexdigest()[:12], files, _stamp(root))


def _stamp(root: Path) -> float:
    return max((p.stat().st_mtime for p in root.rglob("*") if p.is_file()), default=0.0)


def bundle() -> Bundle:
    """Return the app's bundle, rebuilt in development when a file has changed."""
    held: Bundle = current_app.extensions["assets"]
    if current_app.debug and _stamp(STATIC) != held.stamp:
        held = current_app.extensions["assets"] = build()
    return held


def asset_url(name: str) -> str:
    """Return the address of an asset, such as "app.css" or "js/main.mjs".

    Raises KeyError when there is no such file.
    """
    held = bundle()
    if name not in held.files:
        raise KeyError(name)
    return url_for("web.static", digest=held.digest, name=name)


def respond(digest: str, name: str) -> Response:
    """Return an asset, packed where the browser takes it; kept for a year only under its own digest."""
    held = bundle()
    asset = held.files.get(name)
    if asset is None:
        abort(404)
    packed = request.accept_encodings["gzip"] > 0
    response = Response(asset.packed if packed else asset.plain, content_type=asset.mimetype)
    response.headers["Vary"] = "Accept-Encoding"
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    fresh = digest == held.digest
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if fresh else "no-cache"
    return response


def init_app(app: Flask) -> None:
    """Build the assets and offer `asset_url` to every template."""
    app.extensions["assets"] = build()
    app.jinja_env.globals["asset_url"] = asset_url
