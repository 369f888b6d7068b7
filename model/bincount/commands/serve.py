"""`bincount serve`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bincount.commands import options

if TYPE_CHECKING:
    from bincount.predictor import Device


@click.command()
@click.option("--host", default="127.0.0.1", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, help="0: any free one.")
@click.option("--max-batch", type=click.IntRange(1, 256), default=16, help="Photos a batch.")
@click.option("--max-wait-ms", type=click.FloatRange(0, 1000), default=4, help="Wait for company.")
@options.artifact
@options.device
@options.as_json
def serve(
    host: str, port: int, max_batch: int, max_wait_ms: float, artifact: Path, device: "Device", as_json: bool
) -> None:
    """Serve the counter over HTTP until Ctrl-C; one line tells when it answers, and where."""
    from bincount.batching import Batching
    from bincount.serving import Address, PortTaken, run

    predictor = options.loaded(artifact, device)

    def ready(url: str) -> None:
        options.say(
            as_json, f"counting on {url} with {predictor.model}", {"url": url, "model": str(predictor.model)}
        )

    batching = Batching(max_batch=max_batch, max_wait_s=max_wait_ms / 1000)
    options.or_fail(lambda: run(predictor, Address(host, port), batching, ready), PortTaken)
