"""The whole stack on one machine, deployed from the template, with nobody but us to invoke its functions."""

import json
import os
import shutil
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import boto3

from binwatch_local import environment, stack
from binwatch_local.deploy import STACK_NAME, one_at_a_time
from binwatch_local.home import Home
from tests.model.builders import a_photo
from tests.sample_events import NAMES, keys

FUNCTIONS = ("CountBinsFunction", "PublishAlertsFunction", "SweepFunction")
WEBHOOKS = "DeliverWebhooksFunction"  # deployed only where a receiver is configured
LAYER = "BinwatchLayer"
RECORD = b'{"EXPECTED_QUANTITY": 3}'


@dataclass(frozen=True)
class OneMachine:
    """A deployed stack."""

    stack: stack.Stack
    built: Path  # what `sam build` made: a folder for each function and for the layer

    def client(self, service):
        return _session().client(service, endpoint_url=self.stack.aws_url)

    def environ(self, function):
        """A function's environment as the template sets it, and what Lambda adds."""
        found = self.client("cloudformation").describe_stack_resource(
            StackName=STACK_NAME, LogicalResourceId=function
        )
        configuration = self.client("lambda").get_function_configuration(
            FunctionName=found["StackResourceDetail"]["PhysicalResourceId"]
        )
        return environment.TEST_CREDENTIALS | configuration["Environment"]["Variables"]

    def put_objects(self):
        """The photos and records that the sample events announce."""
        for key in sorted({key for name in NAMES for key in keys(name)}):
            body = RECORD if key.endswith(".json") else a_photo(count=1)
            self.client("s3").put_object(Bucket=self.stack.bucket, Key=key, Body=body)

    def rows(self):
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=self.stack.table)
        return [row for page in pages for row in page["Items"]]

    def alerts(self):
        """What has come to the queue that is subscribed to the topic, which is empty then."""
        sqs, queue = self.client("sqs"), self.stack.inbox
        messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in messages]


@contextmanager
def one_machine(folder):
    """A stack of its own in a folder, until the block ends; only we invoke its functions."""
    home = Home(folder)
    try:
        with _environment_kept():
            up = stack.up(home, stack.Ports(), lambda step: nullcontext(), parent=os.getpid())
        with one_at_a_time() as build:
            machine = OneMachine(up, shutil.copytree(build / "build", home.root / "built"))
        _silence(machine.client("lambda"), machine.client("events"))
        yield machine
    finally:
        stack.down(home)


@contextmanager
def _environment_kept():
    """`up` makes its process a client of the stack; other tests must find theirs as it was."""
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _silence(functions, events):
    for rule in events.list_rules()["Rules"]:
        events.disable_rule(Name=rule["Name"])
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)


def _session():
    ours = environment.TEST_CREDENTIALS
    return boto3.Session(
        ours["AWS_ACCESS_KEY_ID"], ours["AWS_SECRET_ACCESS_KEY"], region_name=environment.REGION
    )
