"""Builds and deploys the template with SAM, just as on AWS, but to MiniStack."""

import fcntl
import os
import platform
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import boto3

from binwatch_local import environment
from binwatch_local.errors import OneMachineError, StepFailed
from binwatch_local.home import CHECKOUT, Home, last_lines
from binwatch_local.supervisor import program

STACK_NAME = "binwatch"
ENDPOINT_NAME = "binwatch-counter"
UPLOADS_BUCKET = "binwatch-uploads"
ARTEFACTS_BUCKET = "binwatch-artefacts"  # where SAM puts the functions' code before it deploys them
# What template.yaml tells those who use the stack.
OUTPUTS = {
    "UploadsBucketName",
    "UploadsQueueUrl",
    "DeadLetterQueueUrl",
    "TableName",
    "AlertsTopicArn",
    "PoliciesParameter",
    "EndpointName",
}
TERMINATE_S = 10
POLL_S = "0.5"  # between two looks at a deployment, which here takes a moment and not minutes


def architecture() -> str:
    """This machine's architecture, as Lambda names it."""
    return "arm64" if platform.machine().lower() in {"arm64", "aarch64"} else "x86_64"


@contextmanager
def one_at_a_time() -> Iterator[Path]:
    """The build folder, for us alone: two stacks of one checkout build the same functions."""
    folder = CHECKOUT / ".aws-sam" / f"one-machine-{architecture()}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def build(folder: Path, home: Home) -> None:
    """Build the functions and their layer.

    Raises:
        StepFailed: SAM could not; its last words are in the error.
    """
    _sam(
        home,
        "build",
        *("--template-file", str(CHECKOUT / "template.yaml")),
        *("--build-dir", str(folder / "build")),
        *("--cache-dir", str(folder / "cache")),
        *("--parameter-overrides", f"Architecture={architecture()}"),
        "--cached",
    )


def deploy(folder: Path, home: Home, given: Mapping[str, str]) -> dict[str, str]:
    """Deploy what was built, with the given parameters beside those that every stack of one machine has.

    Returns:
        The outputs of the template.

    Raises:
        StepFailed: SAM could not; its last words are in the error.
    """
    boto3.client("s3").create_bucket(Bucket=ARTEFACTS_BUCKET)
    parameters = {
        "EndpointName": ENDPOINT_NAME,
        "UploadsBucketName": UPLOADS_BUCKET,
        "Architecture": architecture(),
        **given,
    }
    _sam(
        home,
        "deploy",
        *("--template-file", str(folder / "build" / "template.yaml")),
        *("--stack-name", STACK_NAME),
        *("--s3-bucket", ARTEFACTS_BUCKET),
        *("--capabilities", "CAPABILITY_IAM"),
        *("--region", environment.REGION),
        "--no-confirm-changeset",
        "--no-fail-on-empty-changeset",
        *("--parameter-overrides", *(f"{name}={value}" for name, value in parameters.items())),
    )
    (stack,) = boto3.client("cloudformation").describe_stacks(StackName=STACK_NAME)["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
    if missing := OUTPUTS - outputs.keys():
        what = f"The stack is {stack['StackStatus']} and lacks {', '.join(sorted(missing))}."
        log = home.logs / "sam-deploy.log"
        raise StepFailed(what, "`binwatch down --purge` begins anew.", str(log), last_lines(log))
    return outputs


def _sam(home: Home, verb: str, *arguments: str) -> None:
    """Run SAM with its output in a log, and end it with us."""
    log = home.logs / f"sam-{verb}.log"
    own = home.temporary / "sam"
    own.mkdir(parents=True, exist_ok=True)
    # samconfig.toml is for AWS, and `--guided` writes a person's profile into it.
    settings = own / "no-settings.toml"
    settings.write_text("version = 0.1\n")
    environ = environment.programs_first(os.environ, Path(_sam_program()).parent)
    environ |= {
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": POLL_S,
        "__SAM_CLI_APP_DIR": str(own),
        "TMPDIR": str(home.temporary),
    }
    command = [_sam_program(), verb, *arguments, "--config-file", str(settings)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environ,
            cwd=CHECKOUT,
            start_new_session=True,
        )
        try:
            status = process.wait()
        except BaseException:  # Ctrl-C above all: SAM must not go on without us
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(TERMINATE_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
            raise
    if status:
        remedy = "Its last words say why; the log has the rest."
        raise StepFailed(f"sam {verb} failed.", remedy, str(log), last_lines(log))


def _sam_program() -> str:
    found = program("sam") if Path(program("sam")).exists() else shutil.which("sam")
    if found is None:
        raise OneMachineError(
            "The AWS SAM CLI (sam) is not installed.", "Run `make install`, which brings it."
        )
    return found
