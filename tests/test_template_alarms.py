"""Every alarm of template.yaml means something, and nothing that matters is without one."""

import re

import pytest

from tests.sam_template import (
    ALARMS,
    FUNCTIONS,
    RESOURCES,
    ROOT,
    attribute,
)


@pytest.mark.parametrize("alarm", ALARMS)
def test_every_alarm_tells_operations_what_it_means(alarm):
    properties = ALARMS[alarm]

    assert [{"Ref": "OpsTopic"}] == properties["AlarmActions"] == properties["OKActions"]
    assert len(properties["AlarmDescription"]) > 60
    # The policy of the ops topic admits no others.
    assert properties["AlarmName"]["Fn::Sub"].startswith("${AWS::StackName}-")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_that_nears_its_timeout_raises_an_alarm(function):
    (alarm,) = [
        each
        for each in ALARMS.values()
        if each.get("MetricName") == "Duration" and each["Dimensions"][0]["Value"] == {"Ref": function}
    ]

    assert ("p80", 800 * FUNCTIONS[function]["Timeout"]) == (alarm["ExtendedStatistic"], alarm["Threshold"])


def test_an_outage_that_only_delays_uploads_raises_an_alarm():
    (alarm,) = [each for each in ALARMS.values() if each.get("MetricName") == "Retried"]
    service = FUNCTIONS["CountBinsFunction"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]

    assert ("binwatch", [{"Name": "service", "Value": service}]) == (alarm["Namespace"], alarm["Dimensions"])
    assert ("Sum", 300, 3, 3, 1) == (
        alarm["Statistic"],
        alarm["Period"],
        alarm["EvaluationPeriods"],
        alarm["DatapointsToAlarm"],
        alarm["Threshold"],
    )
    assert "notBreaching" == alarm["TreatMissingData"]


def test_the_dashboard_shows_every_alarm():
    shown = repr(RESOURCES["Dashboard"]["Properties"]["DashboardBody"])

    assert [] == [name for name in ALARMS if f"${{{name}.Arn}}" not in shown]


def test_the_sweep_runs_every_minute_and_its_silence_raises_an_alarm():
    (schedule,) = FUNCTIONS["SweepFunction"]["Events"].values()
    silent = ALARMS["SweepSilentAlarm"]

    assert ("Schedule", "rate(1 minute)") == (schedule["Type"], schedule["Properties"]["Schedule"])
    assert ("Invocations", "breaching") == (silent["MetricName"], silent["TreatMissingData"])


@pytest.mark.parametrize(
    "queue", ["UploadsDeadLetterQueue", "PublishFailuresQueue", "WebhooksDeadLetterQueue"]
)
def test_a_dead_letter_raises_an_alarm_while_it_lies_there(queue):
    assert [("ApproximateNumberOfMessagesVisible", 0)] == [
        (each["MetricName"], each["Threshold"])
        for each in ALARMS.values()
        if each.get("Dimensions", [{}])[0].get("Value") == attribute(queue, "QueueName")
    ]


def test_alarms_and_dashboard_read_metrics_that_the_functions_write():
    text = (ROOT / "template.yaml").read_text()
    read = set(re.findall(r'\["binwatch", "(\w+)"', text))
    read |= set(re.findall(r"Namespace: binwatch\s+MetricName: (\w+)", text))
    verdicts = {"Match", "Mismatch", "Unsure", "Waiting", "Unreadable"}  # named after what was decided
    code = "".join(path.read_text() for path in (ROOT / "functions").rglob("app.py"))

    assert set() == read - verdicts - set(re.findall(r'add_metric\("(\w+)"', code))
