"""The command line, as a person or a program meets it."""

import json
import socket
from importlib.util import find_spec

import click
import pytest
from click.testing import CliRunner

from bincount.cli import main
from bincount.data.synthetic import bins
from binwatch.prediction import Counted, Refused, parse

COMMANDS = sorted(main.commands)


def run(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.fixture
def photo(tmp_path):
    (drawn,) = bins(1, seed=1)
    path = tmp_path / "photo.jpg"
    path.write_bytes(drawn.jpeg)
    return path


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_every_option_explains_itself(command):
    result = run(command, "--help")

    assert 0 == result.exit_code
    for parameter in main.commands[command].params:
        assert isinstance(parameter, click.Argument) or parameter.help, parameter.name


def test_predict_tells_a_person_what_it_counted(photo):
    result = run("predict", photo)

    assert 0 == result.exit_code
    assert result.output.startswith(f"{photo}: ")


def test_predict_tells_a_program_in_the_endpoints_own_words(photo, tmp_path):
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"no photo")

    result = run("predict", "--json", photo, bad)

    assert 1 == result.exit_code
    assert [Counted, Refused] == [type(each) for each in parse(result.output)[1]]


def test_a_missing_counter_is_one_line_with_the_remedy(photo, tmp_path):
    result = run("predict", "--artifact", tmp_path, photo)

    assert 1 == result.exit_code
    assert "bincount train" in result.output
    assert 1 == result.output.count("\n")


def test_drawn_bins_carry_their_exact_count(tmp_path):
    result = run("draw", tmp_path / "out", "-n", 3, "--seed", 9, "--json")

    written = {
        path.stem: json.loads(path.read_text())["EXPECTED_QUANTITY"]
        for path in (tmp_path / "out").glob("*.json")
    }
    assert {"bins": 3, "folder": str(tmp_path / "out")} == json.loads(result.output)
    assert {each.id: each.count for each in bins(3, seed=9)} == written
    assert 3 == len(list((tmp_path / "out").glob("*.jpg")))


def test_a_taken_port_is_named_with_the_remedy():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run("serve", "--port", taken.getsockname()[1])

    assert 1 == result.exit_code
    assert "--port" in result.output


def test_export_writes_nowhere_unless_it_is_told_where(tmp_path):
    result = run("export", tmp_path)

    assert 2 == result.exit_code
    assert "Missing option '--out'" in result.output


@pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed: requirements/model.txt")
@pytest.mark.parametrize("option", [("--mirrored",), ("--comparing", "a")])
def test_export_obeys_no_option_about_members_without_any(option, tmp_path):
    result = run("export", tmp_path, "--out", tmp_path / "out", *option)

    assert 2 == result.exit_code
    assert "--member" in result.output


@pytest.mark.skipif(find_spec("torch") is not None, reason="torch is installed")
@pytest.mark.parametrize("command", ["train", "export"])
def test_what_needs_torch_says_what_to_install(command, tmp_path):
    result = run(command, tmp_path, "--out", tmp_path / "out")

    assert 1 == result.exit_code
    assert "requirements/model.txt" in result.output
