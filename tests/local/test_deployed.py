"""What a person answers about a stack on AWS reaches that stack, with their own account and nothing else."""

from datetime import UTC, datetime

import boto3
import pytest
from botocore.stub import Stubber
from click.testing import CliRunner

from binwatch_local import aws, deployed, stack
from binwatch_local.cli import cli
from binwatch_local.deploy import OUTPUTS
from binwatch_local.environment import TEST_CREDENTIALS
from binwatch_local.errors import NotRunning
from binwatch_local.home import Home

NAME = "binwatch-hamburg"


@pytest.fixture(autouse=True)
def account(monkeypatch):
    for name, value in TEST_CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv(deployed.VARIABLE, NAME)


@pytest.fixture
def cloudformation(monkeypatch):
    client = boto3.client("cloudformation")
    monkeypatch.setattr(boto3, "client", {"cloudformation": client}.__getitem__)
    with Stubber(client) as stubbed:
        yield stubbed


def shows(cloudformation, *outputs):
    shown = {
        "StackName": NAME,
        "CreationTime": datetime(2026, 11, 20, tzinfo=UTC),
        "StackStatus": "CREATE_COMPLETE",
        "Outputs": [{"OutputKey": each, "OutputValue": f"the {each}"} for each in outputs],
    }
    cloudformation.add_response("describe_stacks", {"Stacks": [shown]}, {"StackName": NAME})


def test_the_named_stack_is_found_by_its_outputs(cloudformation, tmp_path):
    shows(cloudformation, *OUTPUTS)

    found = stack.find(Home(tmp_path))

    assert ("the TableName", "the PoliciesParameter", "") == (found.table, found.policies, found.inbox)


def test_a_stack_of_another_template_is_named_with_the_remedy(cloudformation, tmp_path):
    shows(cloudformation, "TableName")

    with pytest.raises(NotRunning, match=rf"lacks the outputs AlertsTopicArn.*{deployed.VARIABLE}"):
        stack.find(Home(tmp_path))


def test_a_stack_that_nobody_shows_is_named_with_the_remedy(cloudformation, tmp_path):
    cloudformation.add_client_error("describe_stacks", "ValidationError")

    with pytest.raises(NotRunning, match=rf"no stack {NAME} .*{deployed.VARIABLE}"):
        stack.find(Home(tmp_path))


@pytest.mark.parametrize("command", sorted(set(cli.commands) - set(deployed.COMMANDS)))
def test_what_is_for_one_machine_leaves_a_deployed_stack_alone(command):
    refused = CliRunner().invoke(cli, [command])

    assert (2, True) == (refused.exit_code, deployed.VARIABLE in refused.output)


def test_the_messages_of_a_deployed_stack_are_not_kept_here():
    refused = CliRunner().invoke(cli, ["alerts"])

    assert "alerts export" in str(refused.exception)


def test_the_commands_for_a_deployed_stack_are_all_commands():
    assert set(deployed.COMMANDS) < set(cli.commands)


@pytest.mark.parametrize(
    ("settings", "begin"),
    [
        ({}, "https://us-east-1.console.aws.amazon.com/"),
        ({"ALERT_LINK": "https://wms/{bin}"}, "https://wms/"),
    ],
)
def test_lines_for_a_wms_lead_where_the_stacks_alerts_lead(settings, begin, monkeypatch):
    monkeypatch.setattr(aws, "function_settings", lambda: {"PublishAlertsFunction": settings})

    assert aws.link().text.startswith(begin)
