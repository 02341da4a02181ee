"""The references of the web benchmark: bare Flask pages of five SQLAlchemy queries over the same tables.

`/` is the page as it is usually written: five `select(Model)`, twenty rows each, in a template. `/password`
is the same page once it has checked one password, as a sign-in must. `/raw` sends five text statements and
holds no models: the least that Flask and SQLAlchemy can do. None knows sessions, layout or translation.
"""

from __future__ import annotations

import os

from flask import Flask, render_template
from flask_sqlalchemy import SQLAlchemy
from jinja2 import DictLoader
from sqlalchemy import ForeignKey, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.people.passwords import hash_password, verify_password

ROWS = 20
PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)
STATEMENTS = (
    "SELECT id, name, email FROM person WHERE id = 1",
    "SELECT id, name FROM team ORDER BY id LIMIT 20",
    "SELECT id, title FROM taught_module ORDER BY id LIMIT 20",
    "SELECT person_id, competency_id, level FROM held_level WHERE person_id = 1",
    "SELECT id, name FROM person ORDER BY id LIMIT 30",
)
TEMPLATES = {
    "raw.html": """<!doctype html><title>Bare</title>
{% for rows in answers %}
<ul>{% for row in rows %}<li>{{ row[0] }} {{ row[1] }}</li>{% endfor %}</ul>
{% endfor %}""",
    "page.html": """<!doctype html><title>Bare</title>
<h1>{{ person.name }}</h1><p>{{ person.email }}</p>
<h2>Teams</h2><ul>{% for team in teams %}<li>{{ team.id }} {{ team.name }}</li>{% endfor %}</ul>
<h2>Modules</h2><ul>{% for module in modules %}<li>{{ module.id }} {{ module.title }}</li>{% endfor %}</ul>
<h2>Levels</h2><ul>{% for held in levels %}<li>{{ held.competency_id }} {{ held.level }}</li>{% endfor %}</ul>
<h2>People</h2><ul>{% for each in people %}<li>{{ each.id }} {{ each.name }}</li>{% endfor %}</ul>""",
}


class Base(DeclarativeBase):
    """The models of the reference: the columns that its page shows."""


class Person(Base):
    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))


class Team(Base):
    __tablename__ = "team"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class TaughtModule(Base):
    __tablename__ = "taught_module"
    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]


class HeldLevel(Base):
    __tablename__ = "held_level"
    person_id: Mapped[int] = mapped_column(primary_key=True)
    competency_id: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[int]


app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ.get("DATABASE_URL", "sqlite://")
app.jinja_loader = DictLoader(TEMPLATES)
db = SQLAlchemy(app, model_class=Base)


@app.get("/")
def page() -> str:
    run = db.session.scalars
    return render_template(
        "page.html",
        person=run(select(Person).where(Person.id == 1)).one(),
        teams=run(select(Team).order_by(Team.id).limit(ROWS)).all(),
        modules=run(select(TaughtModule).order_by(TaughtModule.id).limit(ROWS)).all(),
        levels=run(select(HeldLevel).where(HeldLevel.person_id == 1).limit(ROWS)).all(),
        people=run(select(Person).order_by(Person.name).limit(ROWS)).all(),
    )


@app.get("/password")
def password() -> str:
    if not verify_password(HASH, PASSWORD):
        raise RuntimeError("the password does not fit its own hash")
    return page()


@app.get("/raw")
def raw() -> str:
    answers = [db.session.execute(text(statement)).all() for statement in STATEMENTS]
    return render_template("raw.html", answers=answers)
