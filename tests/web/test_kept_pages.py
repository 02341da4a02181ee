"""Whatever was drawn before, for whomever: a page is the one that is drawn with an empty memory."""

from __future__ import annotations

import gc
import re
from datetime import timedelta
from functools import _lru_cache_wrapper

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app.db import db, transaction
from app.people.models import Person, Team
from app.web.kept import Keep
from tests.support.client import PageClient
from tests.support.factories import NOW
from tests.support.world import World

PAGES = ("/", "/matrix", "/matrix?direction=sales", "/onboarding", "/my/matrix", "/coverage", "/schedule")
ZONES = ("Asia/Kolkata", "America/St_Johns", "UTC")
LANGUAGES = ("en", "ar", "de")
OF_ONE_ANSWER = re.compile(r'nonce="[^"]*"|(?:value|content)="[\w.-]{60,}"')


@pytest.fixture
def readers(world: World) -> list[int]:
    """HR and those with people of their own first; they see most."""
    with world.app.app_context():
        leads = Person.id.in_(select(Person.manager_id))
        return list(
            db.session.scalars(select(Person.id).order_by(Person.is_hr.desc(), leads.desc(), Person.id))
        )[:6]


def draw(app: Flask, readers: list[int], *, anew: bool = False) -> dict[tuple[int, str], str]:
    pages = {}
    memory = [each for each in gc.get_objects() if isinstance(each, _lru_cache_wrapper)] if anew else []
    kept = [each for each in memory if str(each.__module__).startswith("app.")]
    for reader in readers:
        client = PageClient(app, reader)
        for path in PAGES:
            if anew:
                app.jinja_env.extensions[Keep.identifier].forget()
                for each in kept:
                    each.cache_clear()
            pages[reader, path] = OF_ONE_ANSWER.sub("", client.get(path).text)
    return pages


def change(app: Flask, readers: list[int], turn: int) -> None:
    """Give every reader another zone, at times another language, and a team and a person another name."""
    with app.app_context(), transaction() as session:
        for place, reader in enumerate(readers):
            person = session.get_one(Person, reader)
            person.time_zone, person.locale = ZONES[(place + turn) % 3], LANGUAGES[(place + turn // 2) % 3]
        session.execute(update(Team).values(name=Team.name + str(turn)))
        session.execute(update(Person).where(Person.id == readers[-1]).values(name=f"Name {turn}"))


def test_pages_are_drawn_from_memory_as_they_are_drawn_anew(world: World, readers: list[int]) -> None:
    for turn, days in enumerate((0, 1, 9)):
        with time_machine.travel(NOW + timedelta(days=days, hours=7 * turn), tick=False):
            change(world.app, readers, turn)
            draw(world.app, readers[::-1])
            kept = draw(world.app, readers)
            anew = draw(world.app, readers, anew=True)
            assert {key for key in anew if kept[key] != anew[key]} == set()
            draw(world.app, readers)
