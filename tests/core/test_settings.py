"""The environment is read whole, and every fault in it is named."""

import pytest

from binwatch.decision import Exact, Posterior
from binwatch.settings import BadSettings, CountSettings, PublishSettings

ENV = {"TABLE_NAME": "t", "ENDPOINT_NAME": "e", "UPLOADS_QUEUE_URL": "q"}


def test_all_that_is_missing_is_named_together():
    with pytest.raises(BadSettings, match="TABLE_NAME, ENDPOINT_NAME, UPLOADS_QUEUE_URL"):
        CountSettings.from_env({})
    with pytest.raises(BadSettings, match="ALERTS_TOPIC_ARN"):
        PublishSettings.from_env({})


def test_the_default_policy_is_the_posterior():
    assert Posterior() == CountSettings.from_env(ENV).policy


def test_the_policy_and_its_numbers_can_be_set():
    assert Exact() == CountSettings.from_env(ENV | {"DECISION_POLICY": "exact"}).policy
    assert (
        Posterior(0.01, cost_missed=9)
        == CountSettings.from_env(ENV | {"DISCREPANCY_RATE": "0.01", "COST_MISSED": "9"}).policy
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"DECISION_POLICY": "guess"},
        {"DISCREPANCY_RATE": "two percent"},
        {"DISCREPANCY_RATE": "2"},
        {"COST_LOOK": "-1"},
    ],
)
def test_a_value_that_cannot_be_is_refused(wrong):
    with pytest.raises(BadSettings):
        CountSettings.from_env(ENV | wrong)
