from sqlalchemy import select

from app import clock
from app.authoring.load import load
from app.authoring.reader import read_library
from app.db import db, transaction
from app.quizzes import queries, service
from app.quizzes.models import Quiz
from config import ROOT


def test_every_shipped_quiz_can_be_taken_and_reviewed(org, as_):
    """Each page is checked by the client: valid HTML, labels, ids."""
    reading = read_library(ROOT)
    assert reading.library is not None, reading.problems
    with transaction():
        load(reading.library, "digest", clock.now())
    me = as_("learner")
    keys = list(db.session.scalars(select(Quiz.activity_key)))
    assert len(keys) >= 8
    for key in keys:
        assert me.get(f"/quizzes/{key}").status == 200
        with transaction():
            attempt_id = service.start_attempt(org.learner, key, clock.now(), 7)
        page = me.get(f"/attempts/{attempt_id}")
        assert len(page.tree.cssselect("[data-position]")) == len(queries.slots(attempt_id))
        me.post(f"/attempts/{attempt_id}/submit")
        assert "0 %" in me.get(f"/attempts/{attempt_id}/review").words()
