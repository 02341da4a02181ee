from __future__ import annotations

import pytest

from app import clock
from app.db import transaction
from app.people import service
from tests.support.client import PageClient


def end_on_the_server(client: PageClient, person_id: int) -> None:
    with transaction():
        service.sign_out_everywhere(person_id, clock.now())


def sign_out_in_another_window(client: PageClient, _person_id: int) -> None:
    assert client.post("/sign-out").status == 303
    client.get("/sign-in")


@pytest.mark.parametrize("end", [end_on_the_server, sign_out_in_another_window])
def test_a_form_sent_after_the_session_ended_says_so_and_leads_back(app, org, as_, end):
    client = as_("learner")
    page = client.get("/people?q=Lena")
    assert page.status == 200
    token = client.csrf()
    end(client, org.learner)
    answer = client.post(
        "/inbox/read", {"csrf_token": token}, headers={"Referer": "http://localhost/people?q=Lena"}
    )
    assert answer.status == 401
    assert "Nothing you sent was saved" in answer.words()
    assert "/sign-in?next=/people?q%3DLena" in answer.links()


@pytest.mark.parametrize(
    ("referrer", "back"),
    [
        ("http://localhost/inbox", "/inbox"),
        ("http://localhost/inbox/read", "/"),  # takes posts only
        ("http://localhost/nowhere", "/"),
        ("http://localhost//elsewhere.example", "/"),
        ("https://elsewhere.example/inbox", "/"),
        ("no address", "/"),
        (None, "/"),
    ],
)
def test_the_way_back_is_a_page_of_this_site_that_opens(app, org, as_, referrer, back):
    headers = {"Referer": referrer} if referrer else {}
    answer = as_("nobody").post("/inbox/read", headers=headers)
    assert f"/sign-in?next={back}" in answer.links()


def test_a_script_is_told_in_one_line(app, org, as_):
    answer = as_("nobody").post("/inbox/read", headers={"Accept": "application/json"})
    assert (answer.status, answer.text) == (401, "Sign in first.")


def test_who_is_signed_in_and_sends_an_old_form_keeps_the_page_about_old_forms(app, org, as_):
    answer = as_("learner").post("/inbox/read", {"csrf_token": "old"})
    assert answer.status == 400
    assert "out of date" in answer.words()
