"""The kinds of facts that services raise; a view says them in words, and the shell does where none did."""

from __future__ import annotations


class Gone(LookupError):
    """What was named does not exist (any more)."""


class Barred(PermissionError):
    """The person may not do this to this thing."""


class Late(RuntimeError):
    """Things have changed so that it can no longer, or not yet, be done."""


class Impossible(ValueError):
    """What was asked for makes no sense; no page offers it."""
