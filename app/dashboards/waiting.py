"""What waits for a person, gathered from every domain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class WaitingItem:
    """One thing that waits: what to do, for whom, where."""

    title: str
    meta: str
    href: str
    icon: str
    at: datetime | None = None
