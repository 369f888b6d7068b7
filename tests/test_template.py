"""Rules about template.yaml that neither cfn-lint nor SAM keep: functions, queues, roles, parameters."""

import re
import tomllib

import pytest
from samtranslator.yaml_helper import yaml_parse

from binwatch.adapters.sqs_retries import pause
from binwatch.adapters.webhook_sender import TIMEOUT
from binwatch.outbox import PREFIX
from binwatch.policy_book import PolicyBook, Rules
from binwatch.settings import CountSettings, PublishSettings, SweepSettings, WebhookSettings
from tests.sam_template import (
    FUNCTIONS,
    GLOBALS,
    OUTBOX,
    PARAMETERS,
    QUEUES,
    RESOURCES,
    ROLES,
    ROOT,
    TEMPLATE,
    TRIES,
    UPLOADS,
    as_list,
    attribute,
    environ,
    statements,
)
from tests.sample_events import records

FOURTEEN_DAYS = 14 * 86_400
CONTRACT_OUTPUTS = {
    "UploadsBucketName",
    "UploadsQueueUrl",
    "DeadLetterQueueUrl",
    "TableName",
    "AlertsTopicArn",
    "PoliciesParameter",
    "EndpointName",
}
# What MiniStack, the AWS of one machine, does not know.
ONLY_ON_AWS = ("AWS::SageMaker::", "AWS::ApplicationAutoScaling::")
# Statements that cannot name a resource, and why.
NO_RESOURCES = {
    "Trace": "X-Ray has none",
    "LogIntoRegistry": "ECR's token is good for the whole registry",
    "Measure": "CloudWatch has none; the namespace is the limit",
}


def test_a_batch_has_time_to_fail_six_times_before_its_messages_come_back():
    timeout, window = FUNCTIONS["CountBinsFunction"]["Timeout"], UPLOADS["MaximumBatchingWindowInSeconds"]

    assert RESOURCES["UploadsQueue"]["Properties"]["VisibilityTimeout"] >= 6 * timeout + window


def minutes_of_tries(chance):
    """From the first try of an upload to the last, when every pause draws the same chance."""
    return round(sum(pause(received, chance) for received in range(1, TRIES)) / 60)


def test_a_message_is_tried_for_longer_than_an_endpoint_takes_to_be_replaced():
    assert minutes_of_tries(chance=0) > 75
    assert (
        attribute("UploadsDeadLetterQueue") == QUEUES["UploadsQueue"]["RedrivePolicy"]["deadLetterTargetArn"]
    )


def test_the_documents_know_how_often_and_how_long_a_message_is_tried():
    decision, architecture, readme, runbook = (
        (ROOT / path).read_text()
        for path in (
            "docs/decisions/0003-retries-by-visibility.md",
            "docs/architecture.md",
            "README.md",
            "docs/runbook.md",
        )
    )
    span = f"{minutes_of_tries(chance=0)} to {minutes_of_tries(chance=1)} minutes"

    assert span in decision
    assert span in runbook
    assert {str(TRIES)} == set(re.findall(r"after (\d+) tries", architecture + readme))
    assert f"in {TRIES} tries" in RESOURCES["UploadsDeadLettersAlarm"]["Properties"]["AlarmDescription"]
    assert f"in {TRIES} tries" in TEMPLATE["Outputs"]["DeadLetterQueueUrl"]["Description"]


def test_a_batch_of_alerts_has_time_for_a_slow_topic():
    slow = 4 * 14  # seconds: an alert takes up to 14, with connecting, reading and one more try

    assert FUNCTIONS["PublishAlertsFunction"]["Timeout"] >= slow


@pytest.mark.parametrize("queue", QUEUES)
def test_every_queue_is_encrypted_and_keeps_messages_for_fourteen_days(queue):
    assert (True, FOURTEEN_DAYS) == (
        QUEUES[queue]["SqsManagedSseEnabled"],
        QUEUES[queue]["MessageRetentionPeriod"],
    )


@pytest.mark.parametrize("mapping", [UPLOADS, OUTBOX], ids=["Uploads", "Outbox"])
def test_one_bad_record_never_fails_its_neighbours(mapping):
    assert ["ReportBatchItemFailures"] == mapping["FunctionResponseTypes"]


def test_uploads_come_in_batches_and_never_overrun_the_endpoint():
    assert (10, 1) == (UPLOADS["BatchSize"], UPLOADS["MaximumBatchingWindowInSeconds"])
    on_aws, elsewhere = UPLOADS["ScalingConfig"]["MaximumConcurrency"]["Fn::If"][1:]
    assert on_aws == {"Ref": "CountConcurrency"}
    assert elsewhere >= 2  # the least that AWS takes


def test_a_poisonous_outbox_row_blocks_the_stream_for_a_while_only():
    assert OUTBOX["BisectBatchOnFunctionError"]
    assert 0 < OUTBOX["MaximumRetryAttempts"] < 100
    assert 0 < OUTBOX["MaximumRecordAgeInSeconds"] < 86_400  # a stream forgets its records after a day
    assert attribute("PublishFailuresQueue") == OUTBOX["DestinationConfig"]["OnFailure"]["Destination"]


@pytest.mark.parametrize(
    ("event", "passes"),
    [
        ("stream_outbox_insert", True),
        ("stream_outbox_poison", True),
        ("stream_outbox_modify", False),
        ("stream_outbox_expired", False),
        ("stream_bin_row", False),
    ],
)
def test_the_stream_brings_new_rows_of_the_outbox_and_nothing_else(event, passes):
    (wanted,) = OUTBOX["FilterCriteria"]["Filters"]
    pattern = yaml_parse(wanted["Pattern"])
    (prefix,) = pattern["dynamodb"]["Keys"]["pk"]["S"]
    (record,) = records(event)
    key = record["dynamodb"]["Keys"]["pk"]["S"]

    assert {"prefix": PREFIX} == prefix
    assert passes == (record["eventName"] in pattern["eventName"] and key.startswith(prefix["prefix"]))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_has_its_handler_a_role_and_a_log_of_its_own(function):
    properties = FUNCTIONS[function]
    logs = properties["LoggingConfig"]["LogGroup"]["Ref"]
    role = properties["Role"]["Fn::GetAtt"][0]
    users = [other for other, each in FUNCTIONS.items() if each["Role"] == properties["Role"]]
    readers = [other for other, each in FUNCTIONS.items() if each["LoggingConfig"]["LogGroup"]["Ref"] == logs]
    (log,) = [each for each in statements(ROLES[role]) if each["Sid"] == "Log"]

    assert (ROOT / properties["CodeUri"] / "app.py").is_file()
    assert [function] == users == readers
    assert attribute(logs) == log["Resource"]
    assert RESOURCES[logs]["Properties"]["RetentionInDays"]


def test_every_function_is_traced_and_logs_json():
    assert "Active" == GLOBALS["Tracing"]
    assert {"JSON"} == {each["LoggingConfig"]["LogFormat"] for each in FUNCTIONS.values()}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_names_every_action_and_every_resource(role):
    for statement in statements(ROLES[role]):
        assert not any("*" in action for action in as_list(statement["Action"])), statement["Sid"]
        if "*" in as_list(statement["Resource"]):
            assert statement["Sid"] in NO_RESOURCES


def test_counting_may_do_with_the_table_what_the_ledger_does_and_no_more():
    (allowed,) = [each for each in statements(ROLES["CountBinsRole"]) if each["Sid"] == "ReadAndWriteTable"]

    assert {"BatchGetItem", "BatchWriteItem", "DeleteItem", "PutItem", "Query"} == {
        action.removeprefix("dynamodb:") for action in allowed["Action"]
    }


def test_the_template_sets_what_the_functions_read_and_its_defaults_are_theirs():
    assert Rules() == CountSettings.from_env(environ("CountBinsFunction")).policies.rules
    assert PublishSettings.from_env(environ("PublishAlertsFunction"))
    assert SweepSettings.from_env(environ("SweepFunction"))
    assert "WEBHOOK_PARAMETER" in FUNCTIONS["DeliverWebhooksFunction"]["Environment"]["Variables"]
    assert WebhookSettings.from_env({"WEBHOOK_PARAMETER": "/receiver"})


def test_a_slow_receiver_leaves_a_batch_of_webhooks_its_time_and_a_failure_its_dead_letter():
    function, queue = FUNCTIONS["DeliverWebhooksFunction"], QUEUES["WebhooksQueue"]
    batch = function["Events"]["Webhooks"]["Properties"]

    assert function["Timeout"] > batch["BatchSize"] * (TIMEOUT.connect_timeout + TIMEOUT.read_timeout) + 4
    assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]
    assert attribute("WebhooksDeadLetterQueue") == queue["RedrivePolicy"]["deadLetterTargetArn"]
    assert ["ReportBatchItemFailures"] == batch["FunctionResponseTypes"]


def test_without_a_receiver_nothing_of_the_webhooks_is_made():
    of_webhooks = [name for name in RESOURCES if "Webhook" in name]

    assert 12 == len(of_webhooks)
    assert {"PostsWebhooks"} == {RESOURCES[name]["Condition"] for name in of_webhooks}


def with_defaults(template):
    """A text of Fn::Sub with every parameter at its default."""
    return re.sub(r"\$\{(\w+)\}", lambda found: str(PARAMETERS[found[1]]["Default"]), template)


def test_the_policy_book_that_is_deployed_says_what_the_environment_says():
    book = RESOURCES["Policies"]["Properties"]["Value"]["Fn::Sub"]
    settings = CountSettings.from_env(environ("CountBinsFunction"))

    assert settings.policies == PolicyBook.parse(with_defaults(book))


@pytest.mark.parametrize("name", ["CountBins", "Sweep"])
def test_who_goes_by_the_policy_book_may_read_it_and_no_other_parameter(name):
    variables = FUNCTIONS[f"{name}Function"]["Environment"]["Variables"]
    (allowed,) = [each for each in statements(ROLES[f"{name}Role"]) if each["Sid"] == "ReadPolicies"]

    assert {"Ref": "Policies"} == variables["POLICIES_PARAMETER"]
    assert "ssm:GetParameter" == allowed["Action"]
    assert allowed["Resource"]["Fn::Sub"].endswith(":parameter${Policies}")  # the name begins with its slash
    assert RESOURCES["Policies"]["Properties"]["Name"]["Fn::Sub"].startswith("/")


def test_a_plain_deployment_needs_no_parameters_but_the_counter():
    assert [] == [name for name, each in PARAMETERS.items() if "Default" not in each]
    assert [] == [name for name, each in PARAMETERS.items() if not each.get("Description")]


def test_the_stack_tells_its_users_where_everything_is():
    assert TEMPLATE["Outputs"].keys() >= CONTRACT_OUTPUTS


def test_what_one_machine_does_not_know_is_made_on_aws_only():
    for name, resource in RESOURCES.items():
        if resource["Type"].startswith(ONLY_ON_AWS):
            assert "MakesEndpoint" == resource["Condition"], name
        if "Metrics" in resource["Properties"]:
            assert "OnAws" == resource["Condition"], name


@pytest.mark.parametrize("environment", ["default", "dev", "prod"])
def test_samconfig_builds_from_the_cache_and_sets_parameters_that_exist(environment):
    config = tomllib.loads((ROOT / "samconfig.toml").read_text())[environment]
    overrides = config["deploy"]["parameters"].get("parameter_overrides", [])

    assert (True, True) == (
        config["build"]["parameters"]["cached"],
        config["build"]["parameters"]["parallel"],
    )
    assert {each.partition("=")[0] for each in overrides} <= PARAMETERS.keys()
    assert (environment == "prod") == config["deploy"]["parameters"]["confirm_changeset"]
