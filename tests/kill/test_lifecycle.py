"""Starting and stopping: nothing is left behind, a taken port is named, an unsafe start is refused."""

from __future__ import annotations

import signal
import socket

import pytest

from tests.kill.support import START_SECONDS, Installation, until


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_ends_every_process_and_a_second_start_works(
    installation: Installation, sig: signal.Signals
) -> None:
    with installation.started() as server:
        assert len(server.family) == 1, "the scheduler is the only child"
        server.send(sig)
        server.wait_gone()
        assert server.process.returncode == 0
        assert "Everything that was saved is kept." in server.said()
        assert "Traceback" not in server.said()
    if sig is signal.SIGTERM:
        with installation.started() as again:
            again.send(sig)
            again.wait_gone()


def test_a_killed_server_takes_its_scheduler_along(installation: Installation) -> None:
    with installation.started() as server:
        server.kill()
        server.wait_gone()


def test_a_killed_scheduler_is_started_again(installation: Installation) -> None:
    with installation.started() as server:
        first = server.family[0]
        first.kill()
        until(lambda: server.children() not in ([], [first]), START_SECONDS, "a new scheduler")
        server.send(signal.SIGTERM)
        server.wait_gone()


def test_a_taken_port_is_named_and_nothing_is_left_running(installation: Installation) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", installation.port))
        other.listen()
        done = installation.flask("start")
    assert done.returncode == 1
    assert f"Port {installation.port} on 127.0.0.1 cannot be used" in done.stderr
    assert "PORT=" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("env", "reason"),
    [
        ({"SECRET_KEY": ""}, "A production start needs SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "A production start needs SECRET_KEY"),
        ({"DEMO": "1"}, "DEMO=1 would open the demo sign-ins"),
        ({"PORT": "web"}, "PORT must be a whole number"),
    ],
)
@pytest.mark.parametrize("command", ["prepare", "start"])
def test_an_unsafe_start_is_refused_with_the_reason(
    installation: Installation, env: dict[str, str], reason: str, command: str
) -> None:
    done = installation.flask(command, env={"TANDEM_ENV": "production", **env})
    assert done.returncode != 0
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
