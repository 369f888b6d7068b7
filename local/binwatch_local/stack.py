"""The one-machine stack as a whole: bring it up, find it, take it down."""

import fcntl
import json
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, fields

import boto3

from binwatch_local import deploy, deployed, environment, outbox, servers, warming
from binwatch_local.errors import NotRunning, OneMachineError
from binwatch_local.home import Home, read_json, write_json
from binwatch_local.inbox import Inbox
from binwatch_local.policy import BY_DEFAULT, Deciding
from binwatch_local.servers import Ports

Steps = Callable[[str], AbstractContextManager[None]]

INBOX = "binwatch-alerts-inbox"
PYTHON = (3, 13)  # the functions' runtime in template.yaml


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack that is up: where everything is."""

    aws_url: str
    endpoint_url: str
    bucket: str
    uploads_queue: str
    dead_letter_queue: str
    table: str
    topic: str
    policies: str
    endpoint_name: str
    inbox: str


def up(
    home: Home, ports: Ports, steps: Steps, deciding: Deciding = BY_DEFAULT, parent: int | None = None
) -> Stack:
    """Start both servers and deploy the template; what already runs is kept and brought up to date.

    Args:
        home: the state folder.
        ports: the ports asked for.
        steps: wraps each step, to show it.
        deciding: how alerts are decided.
        parent: a process whose end ends the stack, too.

    Raises:
        OneMachineError: a port is taken, a server did not start, or SAM failed.
    """
    home.make()
    with _alone(home):
        started = None if servers.running(home) else time.time()
        if started is None:
            servers.refuse_other_ports(home, ports)
        else:
            servers.stop_all(home)  # of a supervisor that was killed
            with steps("Starting MiniStack and the counting endpoint"):
                servers.start(home, ports, parent)
        environment.enter(*servers.addresses(home))
        stack = _deploy(home, deciding, steps)
        if started is not None:
            outbox.send_again(stack.table, Inbox(home, stack.inbox), started)
        write_json(home.stack_file, asdict(stack))
    return stack


def find(home: Home) -> Stack:
    """The stack that is up, with this process made its client; or the deployed one that BINWATCH_STACK names.

    Raises:
        NotRunning: there is none in this home or of that name, or it was not deployed by this version.
    """
    if name := deployed.name():
        return _on_aws(name)
    remedy = "Start it: `binwatch up`."
    if not servers.running(home):
        failure = servers.failure(home)
        what = f"went down ({failure})" if failure else "is not up"
        raise NotRunning(f"The stack in {home.root} {what}.", remedy)
    written = read_json(home.stack_file)
    if written is None:
        raise NotRunning(f"The stack in {home.root} is not deployed yet.", remedy)
    if written.keys() != {each.name for each in fields(Stack)}:
        raise NotRunning(f"The stack in {home.root} was deployed by another version of binwatch.", remedy)
    stack = Stack(**written)
    environment.enter(stack.aws_url, stack.endpoint_url)
    return stack


def _on_aws(name: str) -> Stack:
    """A stack that is deployed to AWS, to which no queue of ours is subscribed."""
    outputs = deployed.outputs(name)
    if missing := deploy.OUTPUTS - outputs.keys():
        what = f"Stack {name} lacks the outputs {', '.join(sorted(missing))}."
        raise NotRunning(what, f"Name a stack of this version's template in {deployed.VARIABLE}.")
    return _stack(outputs, aws_url="", endpoint_url="", inbox="")


def down(home: Home) -> bool:
    """Stop what runs in a home; its state stays.

    Returns:
        Whether anything ran.
    """
    ran = servers.stop_all(home)
    shutil.rmtree(home.temporary, ignore_errors=True)
    return ran


def require_python() -> None:
    """SAM builds with the Python of the template, which must be the one that runs here.

    Raises:
        OneMachineError: this is another Python.
    """
    if sys.version_info[:2] != PYTHON:
        raise OneMachineError(
            f"The one-machine stack needs Python 3.13; this is {platform.python_version()}.",
            "Run it from the environment that `make install` creates.",
        )


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """Keep a second `up` in the same home away."""
    with (home.root / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OneMachineError(
                f"Another `binwatch up` is at work in {home.root}.",
                "Wait for it, or choose another state folder with BINWATCH_HOME.",
            ) from error
        yield


def _deploy(home: Home, deciding: Deciding, steps: Steps) -> Stack:
    """Build and deploy the template, and subscribe to its alerts."""
    aws_url, endpoint_url = servers.addresses(home)
    reached_at = {"AwsEndpointUrl": aws_url, "SageMakerRuntimeEndpointUrl": endpoint_url}
    with deploy.one_at_a_time() as folder:
        with steps("Building the functions and their layer (sam build)"):
            deploy.build(folder, home)
        with steps("Deploying template.yaml (sam deploy)"):
            outputs = deploy.deploy(folder, home, reached_at | deciding.parameters())
    with steps("Warming the functions"):
        warming.warm()
    with steps("Subscribing a queue to the alerts"):
        inbox = _subscribe(outputs["AlertsTopicArn"])
    return _stack(outputs, aws_url, endpoint_url, inbox)


def _stack(outputs: Mapping[str, str], aws_url: str, endpoint_url: str, inbox: str) -> Stack:
    return Stack(
        aws_url=aws_url,
        endpoint_url=endpoint_url,
        bucket=outputs["UploadsBucketName"],
        uploads_queue=outputs["UploadsQueueUrl"],
        dead_letter_queue=outputs["DeadLetterQueueUrl"],
        table=outputs["TableName"],
        topic=outputs["AlertsTopicArn"],
        policies=outputs["PoliciesParameter"],
        endpoint_name=outputs["EndpointName"],
        inbox=inbox,
    )


def _subscribe(topic: str) -> str:
    """Subscribe a queue of ours to the alerts, as any consumer would; its address."""
    sqs = boto3.client("sqs")
    queue = sqs.create_queue(QueueName=INBOX)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    boto3.client("sns").subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"}
    )
    return queue
