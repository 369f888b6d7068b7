"""A new start of MiniStack skips nothing that is still to be done."""

import json

from binwatch_local.ministack_state import move, prepare


def test_readers_start_at_the_beginning_of_their_streams(tmp_path):
    positions = {"__account_region_scoped__": True, "data": {"000000000000 us-east-1 'mapping'": 988}}
    saved = {
        "__ministack_format__": 2,
        "payload": {"dynamodb_stream_positions": positions, "functions": "kept"},
    }
    (tmp_path / "lambda.json").write_text(json.dumps(saved))

    prepare(tmp_path, now=100.0)

    payload = json.loads((tmp_path / "lambda.json").read_text())["payload"]
    assert payload["dynamodb_stream_positions"]["data"] == {}
    assert payload["functions"] == "kept"


def test_messages_that_nobody_handles_any_more_are_shown_again(tmp_path):
    messages = [{"id": "waiting", "visible_at": 50.0}, {"id": "in flight", "visible_at": 400.0}]
    (tmp_path / "sqs.json").write_text(
        json.dumps({"payload": {"queues": {"data": {"url": {"messages": messages}}}}})
    )

    prepare(tmp_path, now=100.0)

    queues = json.loads((tmp_path / "sqs.json").read_text())["payload"]["queues"]["data"]
    assert [message["visible_at"] for message in queues["url"]["messages"]] == [50.0, 100.0]


def test_a_first_start_needs_nothing(tmp_path):
    prepare(tmp_path, now=100.0)

    assert list(tmp_path.iterdir()) == []


def test_addresses_follow_the_port(tmp_path):
    (tmp_path / "sqs.json").write_text('{"url": "http://localhost:4566/000000000000/uploads"}')

    move(tmp_path, 4566, 4599)

    assert (tmp_path / "sqs.json").read_text() == '{"url": "http://localhost:4599/000000000000/uploads"}'
