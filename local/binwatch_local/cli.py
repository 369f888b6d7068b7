"""`binwatch`: the whole pipeline on this machine."""

import os
import signal
import sys
from typing import NoReturn

import click
from botocore.exceptions import BotoCoreError, ClientError

from binwatch.errors import Transient
from binwatch_local import deployed, environment
from binwatch_local.commands.alerts import alerts
from binwatch_local.commands.demo import demo
from binwatch_local.commands.evaluate_alerts import evaluate_alerts
from binwatch_local.commands.feed import feed
from binwatch_local.commands.learn import learn
from binwatch_local.commands.lifecycle import down, env, up
from binwatch_local.commands.mutes import incident, silence
from binwatch_local.commands.policies import policies
from binwatch_local.commands.quarantine import quarantine
from binwatch_local.commands.requests import audits, relooks
from binwatch_local.commands.show import looks, status
from binwatch_local.commands.visits import count, visits
from binwatch_local.console import complain, err
from binwatch_local.errors import OneMachineError

INTERRUPTED, TERMINATED = 130, 143


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="binwatch")
@click.pass_context
def cli(context: click.Context) -> None:
    """Run binwatch on this machine: a bin's photo becomes a count, and a wrong record becomes an alert.

    No AWS account, no Docker, no root. State is kept in .binwatch/ of the checkout, or in BINWATCH_HOME.

    With the name of a stack that is deployed to AWS in BINWATCH_STACK, the commands that look things up and
    answer (alerts, visits, count, audits, silence, ...) reach that stack, by your own AWS credentials.

    Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the stack is not up, 4 others were
    quicker, 130 interrupted, 143 terminated.
    """
    command = context.invoked_subcommand
    if deployed.name() and command not in deployed.COMMANDS:
        raise click.UsageError(
            f"`binwatch {command}` is for one machine; {deployed.VARIABLE} names a stack on AWS. Unset it."
        )


for command in (
    up,
    down,
    feed,
    status,
    looks,
    quarantine,
    alerts,
    silence,
    incident,
    visits,
    count,
    relooks,
    audits,
    policies,
    learn,
    env,
    demo,
    evaluate_alerts,
):
    cli.add_command(command)


class Terminated(KeyboardInterrupt):
    """SIGTERM, or a terminal that was closed; handled like Ctrl-C: what was started is stopped."""


def _terminate(*_: object) -> NoReturn:
    raise Terminated


def main() -> NoReturn:
    """Run the command line; every error that a person can put right ends in a sentence and an exit code."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _terminate)
    # A shell script's background job would ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if not deployed.name():
        environment.isolate()
    try:
        sys.exit(cli(standalone_mode=False))
    except OneMachineError as error:
        complain(error)
        sys.exit(error.exit_code)
    except click.exceptions.Abort as abort:
        err.print("Interrupted.")
        sys.exit(TERMINATED if isinstance(abort.__cause__, Terminated) else INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (BotoCoreError, ClientError, Transient) as error:
        complain(
            OneMachineError(f"The stack did not do as asked: {error}", "Ask `binwatch status` what is wrong.")
        )
        sys.exit(1)
    except BrokenPipeError:  # `binwatch looks | head`: nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


if __name__ == "__main__":
    main()
