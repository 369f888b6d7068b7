"""The functions wired to AWS in memory, as bootstrap wires them to AWS."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from types import SimpleNamespace

import boto3
import pytest

from binwatch import bootstrap
from binwatch.prediction import Counted, Model, to_json
from tests.adapters.conftest import REGION, aws, service_models, table  # noqa: F401 - fixtures of this folder too

CONTEXT = SimpleNamespace(
    function_name="f",
    memory_limit_in_mb=512,
    invoked_function_arn="arn",
    aws_request_id="request-1",
    get_remaining_time_in_millis=lambda: 60_000,
)


class Cloud:
    """What a function touches, and how to look at it."""

    def __init__(self, monkeypatch, endpoint):
        self.s3, self.sqs, self.sns = boto3.client("s3"), boto3.client("sqs"), boto3.client("sns")
        self.s3.create_bucket(Bucket="uploads", CreateBucketConfiguration={"LocationConstraint": REGION})
        self.queue_url = self.sqs.create_queue(QueueName="uploads")["QueueUrl"]
        topic = self.sns.create_topic(Name="alerts")["TopicArn"]
        self.ops_url = self.sqs.create_queue(QueueName="ops")["QueueUrl"]
        self.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=self._arn(self.ops_url))
        monkeypatch.setenv("TABLE_NAME", "binwatch")
        monkeypatch.setenv("ENDPOINT_NAME", "counter")
        monkeypatch.setenv("UPLOADS_QUEUE_URL", self.queue_url)
        monkeypatch.setenv("ALERTS_TOPIC_ARN", topic)
        monkeypatch.setenv("DECISION_POLICY", "exact")
        monkeypatch.setenv("AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", f"http://127.0.0.1:{endpoint.server_port}")
        self._endpoint = endpoint

    def _arn(self, url):
        return self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]

    def counts_every_photo_as(self, count):
        answer = to_json(Model("m", "1"), [Counted(tuple(float(each == count) for each in range(7)))])
        self.endpoint_answers(answer)

    def endpoint_answers(self, body):
        self._endpoint.answer = body.encode()

    def upload(self, key, body, **metadata):
        self.s3.put_object(Bucket="uploads", Key=key, Body=body, Metadata=metadata)
        item = {"key": key, "size": len(body), "sequencer": "0A"}
        head = {
            "eventSource": "aws:s3",
            "eventName": "ObjectCreated:Put",
            "eventTime": "2026-11-20T22:10:05.123Z",
        }
        return {"Records": [head | {"s3": {"bucket": {"name": "uploads"}, "object": item}}]}

    def batch(self, *bodies):
        for each in bodies:
            self.sqs.send_message(
                QueueUrl=self.queue_url, MessageBody=each if isinstance(each, str) else json.dumps(each)
            )
        received = self.sqs.receive_message(
            QueueUrl=self.queue_url,
            MaxNumberOfMessages=10,
            MessageSystemAttributeNames=["All"],
            VisibilityTimeout=0,
        )
        return {
            "Records": [
                {
                    "messageId": message["MessageId"],
                    "receiptHandle": message["ReceiptHandle"],
                    "body": message["Body"],
                    "attributes": message["Attributes"],
                    "eventSource": "aws:sqs",
                }
                for message in received["Messages"]
            ]
        }

    def waiting_messages(self):
        return len(
            self.sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10).get("Messages", [])
        )

    def alerts(self):
        messages = self.sqs.receive_message(QueueUrl=self.ops_url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(json.loads(message["Body"])["Message"]) for message in messages]


class Endpoint(BaseHTTPRequestHandler):
    """Answers whatever the server holds: moto takes no photos."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *args):
        pass


@pytest.fixture
def endpoint():
    with HTTPServer(("127.0.0.1", 0), Endpoint) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def cloud(table, endpoint, monkeypatch):  # noqa: F811 - the fixture imported above
    wired = (
        bootstrap.count_settings,
        bootstrap.inbox,
        bootstrap.retries,
        bootstrap.alerts,
        bootstrap.sweep,
    )
    for each in wired:
        each.cache_clear()
    yield Cloud(monkeypatch, endpoint)
    for each in wired:
        each.cache_clear()
