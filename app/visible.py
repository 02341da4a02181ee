"""What of a text can be seen: names and notes that nobody can read are none. Pure."""

from __future__ import annotations

import unicodedata

STEERING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Characters that turn the reading direction of what follows; pages set names apart without them."""
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs that show nothing."""


def visible(text: str) -> str:
    """Return a text without direction marks that reach past it; "" where nothing can be seen of it.

    Joiners stay: Persian, Indic scripts and emoji are written with them.
    """
    plain = text.translate(STEERING)
    return plain if any(_shows(each) for each in plain) else ""


def _shows(character: str) -> bool:
    return unicodedata.category(character)[0] not in "CZ" and character not in BLANK
