import itertools
import json
from datetime import timedelta

from app.competency.models import HeldLevel
from app.competency.queries import matrix_for
from app.competency.queries_heat import heat_of, highest_held
from app.db import db, transaction
from app.lines import parsed
from tests.competency.support import load
from tests.support.factories import NOW, make_person

ENDS = (None, NOW - timedelta(seconds=1), NOW, NOW + timedelta(days=29), NOW + timedelta(days=90))


def test_the_database_works_out_the_same_levels_as_the_rows_say(org):
    load()
    basis = [["quiz", "2026-03-03"]]
    with transaction():
        people = []
        for level, end, lower, supported in itertools.product(range(5), ENDS, ENDS, (0, 2, 4)):
            person_id = make_person(works=False).id
            ends = {f"until_{n}": end if n == level else lower for n in range(1, 5)}
            row = HeldLevel(
                person_id=person_id, competency_id="spot-lead", level=level, supported_level=supported,
                highest_held=max(level, supported), basis=basis, computed_at=NOW, **ends,
            )  # fmt: skip
            db.session.add(row)
            people.append(person_id)
    rows, heat = matrix_for(people, NOW), heat_of(people, NOW)
    assert {level for each in heat.values() for level, *_rest in each.values()} == set(range(5))
    for person_id in people:
        row, drawn = rows[person_id]["spot-lead"], heat[person_id]["spot-lead"]
        lapsed_from = row.highest_held if row.lapsed else 0
        assert drawn[:3] == (row.level, row.lapsing, lapsed_from)
        assert json.loads(drawn.basis) == basis
    assert heat_of([org.hr], NOW) == {org.hr: {}}


def test_the_highest_levels_are_read_for_the_competencies_asked_for(org):
    load()
    with transaction():
        for competency_id, highest in (("spot-lead", 3), ("de-escalation", 1)):
            db.session.add(
                HeldLevel(
                    person_id=org.learner, competency_id=competency_id, highest_held=highest, computed_at=NOW
                )
            )
    asked = [org.learner, org.hr]
    assert highest_held(asked, ["spot-lead"]) == {org.learner: "spot-lead 3"}
    assert parsed(highest_held(asked, ["spot-lead", "de-escalation"])[org.learner]) == {
        "spot-lead": "3",
        "de-escalation": "1",
    }
    assert highest_held(asked, []) == {}
