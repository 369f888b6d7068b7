"""The command line as a person meets it."""

import json
import os
import signal
import subprocess
import sys
from types import SimpleNamespace

import click
import pytest
from click.testing import CliRunner

from binwatch_local.cli import cli, main
from binwatch_local.commands.options import Number

COMMANDS = (
    "up",
    "down",
    "feed",
    "status",
    "looks",
    "quarantine",
    "alerts",
    "silence",
    "incident",
    "relooks",
    "audits",
    "visits",
    "count",
    "policies",
    "learn",
    "env",
    "demo",
    "evaluate-alerts",
)


@pytest.fixture
def binwatch(tmp_path, monkeypatch, capsys):
    """The program without a process of its own, in a state folder of its own; it is given what it takes."""
    environ = dict(os.environ)
    signals = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
    handlers = {number: signal.getsignal(number) for number in signals}

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["binwatch", *arguments])
        monkeypatch.setenv("BINWATCH_HOME", str(tmp_path))
        with pytest.raises(SystemExit) as ended:
            main()
        return SimpleNamespace(returncode=ended.value.code or 0, stderr=capsys.readouterr().err)

    yield run
    for number, handler in handlers.items():
        signal.signal(number, handler)
    os.environ.clear()
    os.environ.update(environ)


def test_the_help_names_every_command():
    shown = CliRunner().invoke(cli, ["--help"]).output

    assert set(cli.commands) == set(COMMANDS)
    assert all(command in shown for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_says_what_it_does(command):
    result = CliRunner().invoke(cli, [command, "--help"])

    assert result.exit_code == 0
    assert cli.commands[command].help
    assert all(getattr(parameter, "help", "argument") for parameter in cli.commands[command].params)


def every_option(command):
    yield from command.params
    for each in getattr(command, "commands", {}).values():
        yield from every_option(each)


def test_no_option_takes_nan_for_a_number():
    numbers = [each.type for each in every_option(cli) if isinstance(each.type, click.types.FloatParamType)]

    assert 7 <= len(numbers)
    assert {Number} == {type(each) for each in numbers}


@pytest.mark.parametrize(
    "command",
    [["status"], ["looks"], ["alerts"], ["env"], ["feed", "anything"], ["policies", "show"], ["learn"]],
)
def test_without_a_stack_the_remedy_is_named(binwatch, command):
    ran = binwatch(*command)

    assert ran.returncode == 3
    assert "is not up" in ran.stderr
    assert "binwatch up" in ran.stderr


def test_a_process_of_the_program_ends_with_its_exit_code_and_its_remedy(tmp_path):
    ran = subprocess.run(
        [sys.executable, "-m", "binwatch_local.cli", "status"],
        env={**os.environ, "BINWATCH_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )

    assert ran.returncode == 3
    assert "binwatch up" in ran.stderr


def test_down_without_a_stack_is_no_error(binwatch):
    ran = binwatch("down")

    assert ran.returncode == 0
    assert "No stack was up" in ran.stderr


def test_a_process_that_got_our_number_is_left_alone(binwatch, tmp_path):
    stranger = {"pid": os.getpid(), "born": 1.0}
    (tmp_path / "supervisor.json").write_text(json.dumps(stranger))
    servers = {name: {"process": stranger, "port": 1, "restarts": 0} for name in ("ministack", "endpoint")}
    (tmp_path / "servers.json").write_text(json.dumps({"failure": None, **servers}))

    assert binwatch("status").returncode == 3
    assert binwatch("down").returncode == 0


def test_purge_leaves_what_is_not_ours(binwatch, tmp_path):
    (tmp_path / "holiday.jpg").write_text("a person's own file")
    (tmp_path / "alerts.jsonl").write_text("")

    binwatch("down", "--purge")

    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["feed"],
        ["nonsense"],
        ["demo", "--plant", "2"],
        ["demo", "--rate", "-1"],
        ["looks", "quarantine", "--verdict", "X"],
    ],
)
def test_wrong_usage_is_told_apart(binwatch, arguments):
    assert binwatch(*arguments).returncode == 2


def test_a_source_that_is_not_there_is_named(binwatch, tmp_path):
    ran = binwatch("demo", "--source", str(tmp_path / "nothing here"))

    assert ran.returncode == 1
    assert "There is no folder or zip" in ran.stderr
