"""How fast the counting endpoint starts and answers on this machine; about a minute.

    python benchmarks/endpoint.py [--seconds 10] [--json]

Starts its own server on a free port, sends drawn bins of the sizes that cameras make, and stops it again.
"""

import http.client
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle, islice
from urllib.parse import urlsplit

import click

from bincount.data.synthetic import bins

IMPORTS = ("bincount.predictor", "bincount.server", "bincount.serving")
SERVE = [sys.executable, "-m", "bincount.cli", "serve", "--port", "0", "--device", "cpu", "--json"]
BOUNDARY = "benchmark"
REPEATS = 5


@click.command()
@click.option("--seconds", default=10.0, show_default=True, help="How long each rate is measured.")
@click.option("--concurrency", default=16, show_default=True, help="Requests under way at once.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def main(seconds: float, concurrency: int, as_json: bool) -> None:
    """Measure import, start-up, latency and throughput of `bincount serve`."""
    photos = [each.jpeg for each in bins(50, seed=1)]
    figures: dict[str, float] = {
        "import of the server, s": _median_time([sys.executable, "-c", f"import {', '.join(IMPORTS)}"])
        - _median_time([sys.executable, "-c", "pass"]),
    }
    with _server() as (address, started_in):
        figures["start to first answer, s"] = started_in
        for size in (1, 10):
            body, kind = _request(list(islice(cycle(photos), size)))
            times = sorted(_ask(address, body, kind, seconds))
            figures[f"latency of {size} photo(s), p50 ms"] = 1000 * statistics.median(times)
            figures[f"latency of {size} photo(s), p99 ms"] = 1000 * times[int(0.99 * (len(times) - 1))]
        for size in (1, 10):
            body, kind = _request(list(islice(cycle(photos), size)))
            figures[f"photos/s, {size} a request, {concurrency} at once"] = size * _rate(
                address, body, kind, seconds, concurrency
            )
    if as_json:
        click.echo(json.dumps(figures))
        return
    for name, figure in figures.items():
        click.echo(f"{name:<45} {figure:8.2f}")


@contextmanager
def _server() -> Iterator[tuple[str, float]]:
    """A server of our own, and how long it took until it answered."""
    began = time.perf_counter()
    with subprocess.Popen(SERVE, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
        assert server.stdout is not None  # noqa: S101 (a pipe was asked for)
        address = urlsplit(json.loads(server.stdout.readline())["url"]).netloc
        connection = http.client.HTTPConnection(address)
        connection.request("GET", "/ping")
        connection.getresponse().read()
        try:
            yield address, time.perf_counter() - began
        finally:
            connection.close()
            server.terminate()


def _request(photos: list[bytes]) -> tuple[bytes, str]:
    """The body and content type of a request with one or many photos."""
    if len(photos) == 1:
        return photos[0], "image/jpeg"
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photos"\r\n\r\n'.encode()
    body = b"".join(head + photo + b"\r\n" for photo in photos) + f"--{BOUNDARY}--\r\n".encode()
    return body, f"multipart/form-data; boundary={BOUNDARY}"


def _ask(address: str, body: bytes, kind: str, seconds: float) -> list[float]:
    """Send one request after the other; how long each took."""
    connection = http.client.HTTPConnection(address)
    times = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        began = time.perf_counter()
        connection.request("POST", "/invocations", body, {"Content-Type": kind})
        response = connection.getresponse()
        response.read()
        if response.status != http.HTTPStatus.OK:
            raise click.ClickException(f"the endpoint answered {response.status}")
        times.append(time.perf_counter() - began)
    connection.close()
    return times


def _rate(address: str, body: bytes, kind: str, seconds: float, concurrency: int) -> float:
    """Requests a second with several clients at once."""
    with ThreadPoolExecutor(concurrency) as clients:
        began = time.perf_counter()
        answered = list(clients.map(lambda _: len(_ask(address, body, kind, seconds)), range(concurrency)))
        return sum(answered) / (time.perf_counter() - began)


def _median_time(command: list[str]) -> float:
    """How long a process takes, the middle of a few."""
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        subprocess.run(command, check=True)  # noqa: S603
        times.append(time.perf_counter() - began)
    return statistics.median(times)


if __name__ == "__main__":
    main()
