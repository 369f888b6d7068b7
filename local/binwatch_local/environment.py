"""The environment of everything we start: never the person's own AWS account, always the one machine."""

import os
from collections.abc import Mapping
from pathlib import Path

REGION = "us-east-1"
_KEPT = {"AWS_CA_BUNDLE"}  # which certificates to trust is no account
_DROPPED = {"PYTHONPATH", "PYTHONHOME"}  # they would put other code under our servers and functions
SERVICES = "s3,sqs,sns,dynamodb,lambda,iam,sts,cloudformation,logs,cloudwatch,events,scheduler,kms,ssm"
_LOOPBACK = "127.0.0.1,localhost"
TEST_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def isolated(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment with test credentials, and without account, profile or endpoint of the person's own."""
    kept = {
        name: value
        for name, value in environ.items()
        if name not in _DROPPED and (name in _KEPT or not name.startswith("AWS_"))
    }
    proxied = ",".join(filter(None, (environ.get("NO_PROXY", environ.get("no_proxy")), _LOOPBACK)))
    return {
        **kept,
        **TEST_CREDENTIALS,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": proxied,
        "no_proxy": proxied,
    }


def exports(aws_url: str, endpoint_url: str) -> dict[str, str]:
    """The variables with which the AWS CLI and boto3 talk to the one machine."""
    return {
        "AWS_ENDPOINT_URL": aws_url,
        "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": endpoint_url,
        **TEST_CREDENTIALS,
    }


def isolate() -> None:
    """Cut this very process off from the person's own AWS account."""
    replacement = isolated()
    os.environ.clear()
    os.environ.update(replacement)


def enter(aws_url: str, endpoint_url: str) -> None:
    """Make this very process a client of the one machine."""
    isolate()
    os.environ.update(exports(aws_url, endpoint_url))


def ministack(port: int, state: Path, objects: Path, temporary: Path) -> dict[str, str]:
    """The environment of MiniStack: loopback only, state on disk, no Docker, no other listeners."""
    return {
        **isolated(),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "SERVICES": SERVICES,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(objects),
        "TMPDIR": str(temporary),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{temporary}/no-docker.sock",  # else it tidies up containers when it starts
    }


def programs_first(environ: Mapping[str, str], programs: Path) -> dict[str, str]:
    """The environment with a folder of programs ahead of all others: SAM looks for pip and python there."""
    return {**environ, "PATH": f"{programs}{os.pathsep}{environ.get('PATH', os.defpath)}"}
