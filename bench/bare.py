"""The reference of the web benchmark: a bare Flask page of five SQLAlchemy queries over the same tables."""

from __future__ import annotations

import os

from flask import Flask, render_template_string
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text

QUERIES = (
    "SELECT id, name, email FROM person WHERE id = 1",
    "SELECT id, name FROM team ORDER BY id LIMIT 20",
    "SELECT id, title FROM taught_module ORDER BY id LIMIT 20",
    "SELECT person_id, competency_id, level FROM held_level WHERE person_id = 1",
    "SELECT id, name FROM person ORDER BY id LIMIT 30",
)
PAGE = """<!doctype html><title>Bare</title>
{% for rows in answers %}
<ul>{% for row in rows %}<li>{{ row[0] }} {{ row[1] }}</li>{% endfor %}</ul>
{% endfor %}"""

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ.get("DATABASE_URL", "sqlite://")
db = SQLAlchemy(app)


@app.get("/")
def page() -> str:
    answers = [db.session.execute(text(query)).all() for query in QUERIES]
    return render_template_string(PAGE, answers=answers)
