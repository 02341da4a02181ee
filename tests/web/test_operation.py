"""Settings that change how the application stands in its surroundings."""

import json
import logging
import sys

import pytest
from flask import Flask, request, url_for

from app.web import logs, proxies
from config import UnsafeSettings, read_settings

SAFE = {"TANDEM_ENV": "production", "SECRET_KEY": "k" * 32}


def address_seen(trusted: int) -> str:
    app = Flask(__name__)
    proxies.init_app(app, trusted)
    app.add_url_rule("/", view_func=lambda: f"{request.remote_addr} {request.scheme} {request.host}")
    headers = {
        "X-Forwarded-For": "203.0.113.9, 198.51.100.7",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "tandem.example.org",
    }
    return app.test_client().get("/", headers=headers).text


@pytest.mark.parametrize(
    ("trusted", "seen"),
    [
        (0, "127.0.0.1 http localhost"),
        (1, "198.51.100.7 https tandem.example.org"),
        (2, "203.0.113.9 http localhost"),
    ],
)
def test_only_as_many_proxies_are_believed_as_are_there(trusted, seen):
    assert address_seen(trusted) == seen


def test_a_prefix_that_a_visitor_sends_never_gets_into_an_address():
    app = Flask(__name__)
    proxies.init_app(app, 1)
    app.add_url_rule("/here", "here", lambda: url_for("here"))
    answer = app.test_client().get("/here", headers={"X-Forwarded-Prefix": ".elsewhere.example"})
    assert answer.text == "/here"


def test_json_logs_are_one_object_per_line_with_the_fault():
    try:
        raise ValueError("ünlucky")
    except ValueError:
        record = logging.LogRecord("app.x", logging.ERROR, __file__, 1, "it %s", ("broke",), sys.exc_info())
    line = logs.formatter(as_json=True).format(record)
    told = json.loads(line)
    assert "\n" not in line
    assert (told["level"], told["logger"], told["message"]) == ("ERROR", "app.x", "it broke")
    assert "ünlucky" in told["exc_info"]
    assert "broke" in logs.formatter(as_json=False).format(record)


def test_production_is_safe_by_default():
    settings = read_settings(SAFE | {"DATABASE_URL": "postgresql://x/y", "INSTANCE_DIR": "unused"})
    assert (settings.demo, settings.log_json, settings.trusted_proxies) == (False, True, 0)
    assert settings.database_url == "postgresql+psycopg://x/y"


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"TANDEM_ENV": "production"}, "SECRET_KEY"),
        ({"TANDEM_ENV": "production", "SECRET_KEY": "short"}, "32 characters"),
        (SAFE | {"DEMO": "1"}, "demo sign-ins"),
    ],
)
def test_an_unsafe_production_start_is_refused_with_the_reason(env, words):
    with pytest.raises(UnsafeSettings, match=words):
        read_settings(env)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("", "http://localhost:8000"),
        ("https://tandem.example.com/", "https://tandem.example.com"),
        (" http://10.0.0.7:8080 ", "http://10.0.0.7:8080"),
    ],
)
def test_the_address_people_use_is_that_of_a_host(url, kept):
    assert read_settings(SAFE | {"DATABASE_URL": "sqlite://", "BASE_URL": url}).base_url == kept


@pytest.mark.parametrize(
    "env",
    [
        {"PORT": "eight"},
        {"DEMO": "perhaps"},
        {"TANDEM_ENV": "staging"},
        {"TRUSTED_PROXIES": "-1"},
        {"BASE_URL": "https://example.com/tandem"},
        {"BASE_URL": "tandem.example.com"},
    ],
)
def test_a_setting_that_cannot_be_read_is_named(env):
    with pytest.raises(ValueError, match=next(iter(env))):
        read_settings(env)
