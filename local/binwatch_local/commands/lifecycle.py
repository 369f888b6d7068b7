"""`up`, `down` and `env`."""

import json
import shlex
from dataclasses import asdict

import click

from binwatch.policy_book import RANGES
from binwatch_local import aws, environment, servers, stack
from binwatch_local.commands import options
from binwatch_local.console import err, out, step
from binwatch_local.home import Home
from binwatch_local.policy import Deciding, PolicyName


@click.command()
@click.option("--port", type=int, help="Port of MiniStack, the AWS of this machine.  [default: a free one]")
@click.option("--endpoint-port", type=int, help="Port of the counting endpoint.  [default: a free one]")
@options.policy
@click.option(
    "--discrepancy-rate",
    type=options.Number(0, 1, min_open=True, max_open=True),
    help="The share of records that are wrong.  [default: the template's, 0.02]",
)
@click.option(
    "--hold-minutes",
    type=options.Number(*RANGES["hold_minutes"]),
    default=0,
    show_default=True,
    help="How long a mismatch must last before it is told; on AWS 5.",
)
@click.option("--json", "as_json", is_flag=True, help="Print where everything is, for a program.")
def up(
    port: int | None,
    endpoint_port: int | None,
    policy: PolicyName | None,
    discrepancy_rate: float | None,
    hold_minutes: float,
    as_json: bool,
) -> None:
    """Start the stack and leave it running; what it stored before is there again.

    Starts MiniStack and the counting endpoint, builds and deploys template.yaml with SAM, and subscribes a
    queue to the alerts. Run it again after a change of the template or the code.
    """
    stack.require_python()
    home = Home.from_env()
    was_up = servers.running(home)
    try:
        deciding = Deciding(policy, discrepancy_rate, hold_minutes)
        found = stack.up(home, servers.Ports(port, endpoint_port), step, deciding)
    except BaseException:  # Ctrl-C too: half a stack is of no use
        if not was_up:
            err.print("Stopping what was started …")
            stack.down(home)
        raise
    if as_json:
        out.print_json(json.dumps(asdict(found)))
        return
    err.print(f"\nThe stack is up (state in {home.root}):")
    for name, value in asdict(found).items():
        err.print(f"  {name.replace('_', ' '):<18}{value}")
    err.print(
        "\nNext: `binwatch feed FOLDER|ZIP`, `binwatch status`, `binwatch alerts --follow`, `binwatch down`."
    )


@click.command()
@click.option("--purge", is_flag=True, help="Also forget everything that was stored.")
def down(purge: bool) -> None:
    """Stop the stack; bucket, table and queues are kept for the next `up`."""
    home = Home.from_env()
    with step("Stopping the stack; MiniStack writes its state"):
        ran = stack.down(home)
    if purge:
        home.purge()
    kept = "Everything that it stored is gone." if purge else f"Its state is kept in {home.root}."
    err.print(
        f"The stack is down. {kept}"
        if ran
        else f"No stack was up in {home.root}. {kept if purge else ''}".rstrip()
    )


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the variables as a JSON object.")
@click.option("--sam", is_flag=True, help="Print the functions' variables for `sam local invoke --env-vars`.")
def env(as_json: bool, sam: bool) -> None:
    """Print the exports with which the AWS CLI and boto3 talk to the stack: eval "$(binwatch env)"."""
    found = stack.find(Home.from_env())
    if sam:
        click.echo(json.dumps(aws.function_settings(), indent=2))
        return
    names = {
        "BINWATCH_BUCKET": found.bucket,
        "BINWATCH_TABLE": found.table,
        "BINWATCH_TOPIC": found.topic,
        "BINWATCH_POLICIES": found.policies,
        "BINWATCH_UPLOADS_QUEUE": found.uploads_queue,
        "BINWATCH_DEAD_LETTER_QUEUE": found.dead_letter_queue,
        "BINWATCH_ENDPOINT": found.endpoint_name,
    }
    variables = {**environment.exports(found.aws_url, found.endpoint_url), **names}
    if as_json:
        click.echo(json.dumps(variables, indent=2))
        return
    click.echo("unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SESSION_TOKEN")
    for name, value in variables.items():
        click.echo(f"export {name}={shlex.quote(value)}")
