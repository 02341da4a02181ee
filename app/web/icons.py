"""The product's icons: simple strokes on a 24 px grid, drawn by hand for Tandem."""

# One drawing stays on one line.
# ruff: noqa: E501

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup, escape

STROKES: dict[str, str] = {
    "home": '<path d="M4 11 12 4l8 7v9h-5.5v-6h-5v6H4z"/>',
    "book": '<path d="M12 6.5C10 5 7 4.5 4 5v13c3-.5 6 0 8 1.5 2-1.5 5-2 8-1.5V5c-3-.5-6 0-8 1.5zM12 6.5v13"/>',
    "practice": '<rect x="7" y="7" width="12" height="13" rx="2"/><path d="M15 4H7a2 2 0 0 0-2 2v10M10 12h6M10 15.5h4"/>',
    "quiz": '<circle cx="12" cy="12" r="8"/><path d="M9.8 9.8a2.3 2.3 0 1 1 3.2 2.2c-.7.3-1 .8-1 1.5M12 16.3v.2"/>',
    "matrix": '<rect x="4" y="4" width="6.5" height="6.5" rx="1.5"/><rect x="13.5" y="4" width="6.5" height="6.5" rx="1.5"/>'
    '<rect x="4" y="13.5" width="6.5" height="6.5" rx="1.5"/><rect x="13.5" y="13.5" width="6.5" height="6.5" rx="1.5"/>',
    "chart": '<path d="M4 4v16h16"/><path d="M8.5 16v-4M13 16V8M17.5 16v-6"/>',
    "calendar": '<rect x="4" y="5.5" width="16" height="14.5" rx="2"/><path d="M4 10h16M8.5 3.5v4M15.5 3.5v4"/>',
    "people": '<circle cx="9" cy="8.5" r="3.5"/><path d="M3 19.5c.5-3.3 2.8-5 6-5s5.5 1.7 6 5M15.5 5.3a3.5 3.5 0 0 1 0 6.4M17.5 14.9c2 .7 3.2 2.2 3.5 4.6"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M5 20c.6-3.8 3.2-5.8 7-5.8s6.4 2 7 5.8"/>',
    "board": '<rect x="4" y="4" width="16" height="16" rx="2"/><path d="M9.3 4v16M14.7 4v16"/>',
    "path": '<circle cx="6" cy="18" r="2.5"/><circle cx="18" cy="6" r="2.5"/><path d="M8.5 18H14a3 3 0 0 0 0-6h-4a3 3 0 0 1 0-6h5.5"/>',
    "playbook": '<path d="M6 4h11.5v16H6a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM8 4v16M11.5 8.5H14M11.5 12H14"/>',
    "target": '<circle cx="12" cy="12" r="8"/><circle cx="12" cy="12" r="4"/><path d="M12 12h.01"/>',
    "handoff": '<path d="M4 8.5h13M13.5 5 17 8.5 13.5 12M20 15.5H7M10.5 12 7 15.5l3.5 3.5"/>',
    "inbox": '<path d="M4 13.5 6.5 5h11L20 13.5V19H4zM4 13.5h4.5c.3 2 1.6 3 3.5 3s3.2-1 3.5-3H20"/>',
    "bell": '<path d="M6.5 10.5a5.5 5.5 0 0 1 11 0c0 4.5 2 6 2 6h-15s2-1.5 2-6zM10 19.5h4"/>',
    "settings": '<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/>',
    "search": '<circle cx="11" cy="11" r="6"/><path d="m15.5 15.5 4.5 4.5"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "minus": '<path d="M5 12h14"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "cross": '<path d="m6 6 12 12M18 6 6 18"/>',
    "edit": '<path d="M5 19h3.5L19 8.5 15.5 5 5 15.5zM13 7.5 16.5 11"/>',
    "download": '<path d="M12 4v11M7.5 11 12 15.5 16.5 11M5 20h14"/>',
    "upload": '<path d="M12 16V5M7.5 9 12 4.5 16.5 9M5 20h14"/>',
    "mail": '<rect x="4" y="5.5" width="16" height="13" rx="2"/><path d="m4.5 7.5 7.5 5.5 7.5-5.5"/>',
    "link": '<path d="M10 14a3.5 3.5 0 0 0 5 0l3.5-3.5a3.5 3.5 0 0 0-5-5L12.5 6.5M14 10a3.5 3.5 0 0 0-5 0l-3.5 3.5a3.5 3.5 0 0 0 5 5l1-1"/>',
    "clock": '<circle cx="12" cy="12" r="8"/><path d="M12 7.5V12l3 2"/>',
    "fade": '<path d="M4 5c1.5 8.5 6.5 12.5 16 13.5M4 19.5h4"/>',
    "flag": '<path d="M6 21V4M6 5c4-2.5 7 2 12 0v8c-5 2-8-2.5-12 0"/>',
    "lock": '<rect x="5" y="10.5" width="14" height="9.5" rx="2"/><path d="M8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5"/>',
    "warning": '<path d="M12 4.5 3.5 19.5h17zM12 10.5v4M12 17v.1"/>',
    "info": '<circle cx="12" cy="12" r="8"/><path d="M12 11v5M12 8v.1"/>',
    "stop": '<circle cx="12" cy="12" r="8"/><path d="m6.5 17.5 11-11"/>',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "more": '<path d="M6 12h.01M12 12h.01M18 12h.01" stroke-width="2.75"/>',
    "down": '<path d="m7 10 5 5 5-5"/>',
    "next": '<path d="m10 7 5 5-5 5"/>',
    "back": '<path d="m14 7-5 5 5 5"/>',
    "play": '<path d="M8 5.5v13l10.5-6.5z"/>',
    "shadow": '<circle cx="8.5" cy="8" r="3"/><path d="M3.5 19c.3-3.3 2-5 5-5s4.7 1.7 5 5"/>'
    '<path d="M13.5 5.3a3 3 0 1 1 1.8 5.6M16.5 14.2c2.5.3 3.8 1.9 4 4.8" stroke-dasharray="2 2"/>',
    "rotation": '<path d="M5 12a7 7 0 0 1 12-5l2 2M19 12a7 7 0 0 1-12 5l-2-2M19 4.5V9h-4.5M5 19.5V15h4.5"/>',
    "talk": '<path d="M4 5.5h12v8.5H9.5L6 17v-3H4zM16 9.5h4v7.5h-2v2.5L15 17h-4.5"/>',
    "badge": '<circle cx="12" cy="9.5" r="5.5"/><path d="m9 14.5-1 6 4-2 4 2-1-6"/>',
    "sign-out": '<path d="M13 5H5.5v14H13M10 12h10M16.5 8.5 20 12l-3.5 3.5"/>',
    "undo": '<path d="M8.5 5 4.5 9l4 4M5 9h9a5 5 0 0 1 0 10h-4"/>',
    "report": '<path d="M6 4h8.5L18 7.5V20H6zM14 4v4h4M9 12.5h6M9 16h4"/>',
}  # fmt: skip

# Icons that point along the reading direction and are mirrored in right-to-left pages.
DIRECTIONAL = frozenset({"next", "back", "sign-out", "undo", "handoff", "play"})


@lru_cache(maxsize=512)
def icon(name: str, label: str = "", size: int = 20) -> Markup:
    """Return the icon as inline SVG, `size` px square; decorative unless `label` names it.

    Raises KeyError when no icon has that name.
    """
    strokes = Markup(STROKES[name])  # noqa: S704 -- constant markup from this file
    mirrored = " is-directional" if name in DIRECTIONAL else ""
    meaning = (
        Markup('role="img" aria-label="{}"').format(escape(label)) if label else Markup('aria-hidden="true"')
    )
    return Markup(
        '<svg class="icon{mirrored}" width="{size}" height="{size}" viewBox="0 0 24 24" fill="none" '
        'stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" '
        'focusable="false" {meaning}>{strokes}</svg>'
    ).format(mirrored=mirrored, size=size, meaning=meaning, strokes=strokes)
