"""What fields about people offer: time zones and languages, as (value, words)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError

ENGLISH = ("en", "en_GB")


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """Return the IANA zones that name a place, and UTC, by name."""
    old = ("Etc/", "SystemV/", "US/", "posix/", "right/")
    names = (name for name in available_timezones() if "/" in name and not name.startswith(old))
    return (*sorted(names), "UTC")


def zone_choices(held: str | None) -> list[tuple[str, str]]:
    """Return every zone, with the one held now even where it is an old name; never one that is none."""
    old_name = held and held not in zones() and held in available_timezones()
    names = (held, *zones()) if held and old_name else zones()
    return [(name, name.replace("_", " ")) for name in names]


def locale_choices(languages: Iterable[str], held: str | None) -> list[tuple[str, str]]:
    """Return English and every language that Tandem is translated into, by their own names."""
    kept = [held] if held and _is_locale(held) else []
    codes = dict.fromkeys([*ENGLISH, *languages, *kept])
    return [(code, locale_name(code)) for code in codes]


def _is_locale(code: str) -> bool:
    try:
        Locale.parse(code.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return False
    return True


def locale_name(code: str) -> str:
    """Return a language by its own name, or the code where it is not known."""
    try:
        locale = Locale.parse(code.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return code
    return (locale.display_name or code).capitalize()
