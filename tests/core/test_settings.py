"""The environment is read whole, and every fault in it is named."""

import pytest

from binwatch.decision import Cost, Exact
from binwatch.discrepancies import Prior
from binwatch.settings import BadSettings, CountSettings, PublishSettings, SweepSettings

ENV = {"TABLE_NAME": "t", "ENDPOINT_NAME": "e", "UPLOADS_QUEUE_URL": "q"}


def test_all_that_is_missing_is_named_together():
    with pytest.raises(BadSettings, match="TABLE_NAME, ENDPOINT_NAME, UPLOADS_QUEUE_URL"):
        CountSettings.from_env({})
    with pytest.raises(BadSettings, match="ALERTS_TOPIC_ARN"):
        PublishSettings.from_env({})
    with pytest.raises(BadSettings, match="TABLE_NAME"):
        SweepSettings.from_env({})


def policy(**env):
    return CountSettings.from_env(ENV | env).policies.rules.policy


def test_the_default_policy_weighs_costs():
    assert Cost() == policy()


def test_the_policy_and_its_numbers_can_be_set():
    assert Exact() == policy(DECISION_POLICY="exact")
    assert 0 == CountSettings.from_env(ENV | {"HOLD_MINUTES": "0"}).policies.rules.hold_minutes
    assert Cost(Prior(0.01), cost_missed=9) == policy(DISCREPANCY_RATE="0.01", COST_MISSED="9")


@pytest.mark.parametrize(
    ("env", "name"),
    [({}, None), ({"POLICIES_PARAMETER": ""}, None), ({"POLICIES_PARAMETER": "/b/p"}, "/b/p")],
)
def test_a_parameter_may_hold_the_policies(env, name):
    assert name == CountSettings.from_env(ENV | env).policies_parameter


def test_a_stack_that_still_says_posterior_weighs_costs():
    assert Cost() == policy(DECISION_POLICY="posterior")


@pytest.mark.parametrize(
    "wrong",
    [
        {"DECISION_POLICY": "guess"},
        {"DECISION_POLICY": "far"},  # needs thresholds, which only a policy book can say
        {"DISCREPANCY_RATE": "nan"},
        {"DISCREPANCY_RATE": "two percent"},
        {"DISCREPANCY_RATE": "2"},
        {"COST_LOOK": "-1"},
        {"HOLD_MINUTES": "-1"},
        {"HOLD_MINUTES": "1441"},
    ],
)
def test_a_value_that_cannot_be_is_refused(wrong):
    with pytest.raises(BadSettings):
        CountSettings.from_env(ENV | wrong)


def link(**env):
    found = PublishSettings.from_env({"ALERTS_TOPIC_ARN": "arn"} | env).link
    return found and found.text


def test_alerts_lead_to_the_photo_in_the_console_unless_another_page_is_named():
    on_aws = {"AWS_REGION": "eu-central-1"}

    assert "https://eu-central-1.console.aws.amazon.com/" in link(**on_aws)
    assert "https://wms.example/{bin}" == link(**on_aws, ALERT_LINK="https://wms.example/{bin}")


@pytest.mark.parametrize(
    "env", [{"ALERT_LINK": "none"}, {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}, {"AWS_REGION": ""}]
)
def test_alerts_lead_nowhere_where_nothing_serves_them(env):
    assert None is link(**{"AWS_REGION": "us-east-1", "ALERT_LINK": ""} | env)


def test_a_link_that_cannot_be_is_refused():
    with pytest.raises(BadSettings, match=r"ALERT_LINK cannot be: .*shelf"):
        link(ALERT_LINK="https://wms.example/{shelf}")
