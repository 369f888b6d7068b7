"""A stack that is deployed to AWS: which one BINWATCH_STACK names, and which commands may reach it."""

import os
from collections.abc import Mapping

import boto3
from botocore.exceptions import ClientError

from binwatch_local.errors import NotRunning

VARIABLE = "BINWATCH_STACK"
# Those that look things up and answer. None of them feeds photos, starts servers or needs a queue of ours.
COMMANDS = (
    "alerts",
    "audits",
    "count",
    "incident",
    "learn",
    "policies",
    "quarantine",
    "relooks",
    "silence",
    "visits",
)


def name(environ: Mapping[str, str] = os.environ) -> str | None:
    """The deployed stack that commands are to reach; None: the one of this machine."""
    return environ.get(VARIABLE) or None


def outputs(stack_name: str) -> dict[str, str]:
    """The outputs of a deployed stack, found with the person's own credentials.

    Raises:
        NotRunning: CloudFormation shows no such stack.
    """
    try:
        (stack,) = boto3.client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"]
    except ClientError as error:
        raise NotRunning(
            f"CloudFormation shows no stack {stack_name} ({error.response['Error']['Code']}).",
            f"Name the stack in {VARIABLE}, its region in AWS_REGION, and use credentials that may see it.",
        ) from error
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}
