"""Records written in the same moment."""

import threading
from contextlib import suppress

from app.db import db, transaction
from app.people import service_people
from app.people.models import Department, Team


def test_two_people_who_name_the_same_new_team_at_once_get_one(app, org):
    gate, named, found = threading.Barrier(2), threading.Barrier(2), []

    def name_it():
        with app.app_context():
            gate.wait()
            try:
                with transaction():
                    found.append(service_people.find_or_make_team("Field service", "North"))
                    with suppress(threading.BrokenBarrierError):  # where the second waits for the first
                        named.wait(timeout=0.5)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=name_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2 and len(set(found)) == 1
    assert db.session.query(Department).filter_by(name="Field service").count() == 1
    assert db.session.query(Team).filter_by(name="North").count() == 1
