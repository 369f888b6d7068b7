"""What the documents tell people to do can be done, and what they point at is there."""

import re
import shlex
from pathlib import Path

import click
import pytest

from bincount.cli import main as bincount
from binwatch_local.cli import cli as binwatch

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *(ROOT / "docs").rglob("*.md"),
]
COMMANDS = {"binwatch": binwatch, "bincount": bincount}
BLOCK = re.compile(r"```(?:console|sh)?\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\((?!https?://)([^)#]+)(?:#([^)]*))?\)")


def lines(document):
    """The command lines that a document's blocks show, without prompt and remark."""
    for block in BLOCK.findall(document.read_text()):
        for line in block.splitlines():
            yield re.split(r" # | && |   ", line.removeprefix("$ "))[0].strip()


def calls(program):
    """Every call of a program that any document shows."""
    return sorted(
        {line for document in DOCUMENTS for line in lines(document) if line.split(" ")[0] == program}
    )


def slug(heading):
    """A heading's anchor, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("call", calls("make"))
def test_every_make_target_exists(call):
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    asked = [word for word in shlex.split(call)[1:] if "=" not in word]

    assert set(asked) <= set(targets)


@pytest.mark.parametrize("call", calls("make"))
def test_every_make_variable_is_passed_on(call):
    passed = re.findall(r"\$\$\{([A-Z]+):\+", (ROOT / "Makefile").read_text())
    given = {word.split("=")[0] for word in shlex.split(call)[1:] if "=" in word}

    assert given <= set(passed)


@pytest.mark.parametrize("call", [call for program in COMMANDS for call in calls(program)])
def test_every_command_takes_the_arguments_that_are_shown(call):
    program, *arguments = shlex.split(call)
    group = COMMANDS[program]
    context = click.Context(group, info_name=program)

    name, command, rest = group.resolve_command(context, arguments)

    try:
        command.make_context(name, list(rest), parent=context)
    except click.BadParameter as error:  # a file of the person's own, which is not here
        if "does not exist" not in error.message:
            raise


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document):
    for target, anchor in LINK.findall(document.read_text()):
        path = document.parent / target
        assert path.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
            assert anchor in {slug(heading) for heading in headings}, f"{target}#{anchor}"


def test_the_report_shown_has_every_line_that_the_demo_prints():
    from binwatch_local import terminal

    printed = re.findall(r'add_row\("([^"]+)"', Path(terminal.__file__).read_text())

    assert [line for line in printed if f"│ {line}" not in (ROOT / "README.md").read_text()] == []
