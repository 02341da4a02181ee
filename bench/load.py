"""Send requests to a server on this machine and measure: requests per second and the 95th percentile."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True)
class Request:
    """One request; `form` makes it a POST."""

    path: str
    form: dict[str, str] | None = None
    cookie: str = ""
    expect: tuple[int, ...] = (200,)


@dataclass(frozen=True)
class Measured:
    """What a run gave; p95 in milliseconds."""

    per_second: float
    p95_ms: float
    requests: int


def measure(
    port: int, make: Callable[[int], Request | None], *, concurrency: int, seconds: float
) -> Measured:
    """Keep `concurrency` connections busy for some seconds; `make(n)` gives the n-th request, None where
    there are no more.

    Raises RuntimeError at the first answer that is not expected: a fast error page is no result.
    """
    latencies: list[float] = []
    failures: list[str] = []
    counter = iter(range(10**9))
    lock = threading.Lock()
    stop_at = time.perf_counter() + seconds

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        mine: list[float] = []
        while time.perf_counter() < stop_at and not failures:
            with lock:
                request = make(next(counter))
            if request is None:
                break
            begun = time.perf_counter()
            status = _send(connection, request)
            mine.append(time.perf_counter() - begun)
            if status not in request.expect:
                failures.append(f"{request.path} answered {status}")
        connection.close()
        with lock:
            latencies.extend(mine)

    threads = [threading.Thread(target=work) for _ in range(concurrency)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(failures[0])
    elapsed = time.perf_counter() - begun
    ranked = sorted(latencies)
    p95 = ranked[min(len(ranked) - 1, int(len(ranked) * 0.95))] if ranked else 0.0
    return Measured(len(latencies) / elapsed, p95 * 1000, len(latencies))


def _send(connection: http.client.HTTPConnection, request: Request) -> int:
    headers = {"Accept": "text/html", "Accept-Encoding": "identity"}
    if request.cookie:
        headers["Cookie"] = request.cookie
    if request.form is None:
        connection.request("GET", request.path, headers=headers)
    else:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("POST", request.path, body=urlencode(request.form), headers=headers)
    response = connection.getresponse()
    response.read()
    return response.status
