"""What MiniStack's saved state needs before a new start, since its own way of starting would lose messages.

It saves how far each reader of a table's stream has read, but not the stream, which begins anew: the reader
would skip as many changes as it had read before. Messages that were being handled when it stopped would stay
hidden, although nobody handles them any more. And queues are known by addresses that hold the port.
"""

from pathlib import Path
from typing import Any

from binwatch_local.home import read_json, write_json


def prepare(folder: Path, now: float) -> None:
    """Put the readers back to the start of their streams, and show messages that nobody handles any more.

    Args:
        folder: where MiniStack keeps its state; without any, nothing is done.
        now: the time of the new start, in seconds since 1970.
    """
    functions = read_json(folder / "lambda.json")
    if functions:
        functions["payload"]["dynamodb_stream_positions"]["data"] = {}
        write_json(folder / "lambda.json", functions)
    queues = read_json(folder / "sqs.json")
    if queues:
        for message in _messages(queues):
            message["visible_at"] = min(message["visible_at"], now)
        write_json(folder / "sqs.json", queues)


def move(folder: Path, old_port: int, new_port: int) -> None:
    """Let every address in the state name the new port."""
    for file in folder.glob("*.json"):
        state = file.read_text()
        moved = state.replace(f"localhost:{old_port}/", f"localhost:{new_port}/")
        if moved != state:
            file.write_text(moved)


def _messages(queues: dict[str, Any]) -> list[dict[str, Any]]:
    every = queues["payload"]["queues"]["data"].values()
    return [message for queue in every for message in queue["messages"]]
