"""A policy book in SSM: read in time, kept while it cannot be read, and its faults told once."""

import json

import boto3
import pytest
from aws_lambda_powertools.utilities.parameters import SSMProvider
from botocore.config import Config
from botocore.exceptions import ConnectTimeoutError

from binwatch.adapters.ssm_policies import MAX_AGE_S, SsmPolicies
from binwatch.decision import Cost, Exact
from binwatch.keys import BinId
from binwatch.policy_book import PolicyBook, Rules

NAME = "/binwatch/policies"
BIN = BinId("berlin-1", "A-07")
COLD = PolicyBook(Rules(Cost(cost_missed=7)))


class Clock:
    """Seconds, as the test says; powertools' own cache is made to follow."""

    def __init__(self, provider):
        self.seconds = 0.0
        self._provider = provider

    def __call__(self):
        return self.seconds

    def passes(self, seconds):
        self.seconds += seconds
        self._provider.store.clear()


class Function:
    """A warm function and what it was told."""

    def __init__(self):
        self.ssm = boto3.client("ssm", config=Config(retries={"total_max_attempts": 1}))  # as bootstrap's
        self.requests, self.told = [], []
        self.ssm.meta.events.register("before-call.ssm.GetParameter", lambda **_: self.requests.append(1))
        provider = SSMProvider(boto3_client=self.ssm)
        self.clock = Clock(provider)
        self.policies = SsmPolicies(provider, NAME, COLD, self.told.append, self.clock)

    def put(self, text):
        self.ssm.put_parameter(Name=NAME, Value=text, Type="String", Overwrite=True)
        self.clock.passes(MAX_AGE_S)

    @property
    def policy(self):
        return self.policies.rules_for(BIN).policy


@pytest.fixture
def function():
    return Function()


def test_the_book_of_the_parameter_holds(function):
    function.put('{"sites": {"berlin-1": {"policy": "exact"}}}')

    assert Exact() == function.policy
    assert Cost() == function.policies.rules_for(BinId("hamburg", "A")).policy
    assert [] == function.told


def test_a_new_book_holds_without_a_new_function(function):
    function.put('{"policy": "exact"}')
    before = function.policy

    function.put('{"policy": "cost"}')

    assert (Exact(), Cost()) == (before, function.policy)


def test_ssm_is_asked_once_for_many_bins(function):
    function.put('{"policy": "exact"}')

    for number in range(50):
        function.policies.rules_for(BinId("berlin-1", str(number)))

    assert 1 == len(function.requests)


@pytest.mark.parametrize("text", ["{", '{"cost_missed": -4}', "[]"])
def test_the_last_good_book_holds_and_the_fault_is_told_once(function, text):
    function.put('{"policy": "exact"}')
    assert Exact() == function.policy

    function.put(text)
    kept = [function.policy for _ in range(3)]
    function.clock.passes(MAX_AGE_S)

    assert [Exact()] * 4 == [*kept, function.policy]
    (fault,) = function.told
    assert str(fault).startswith("$")


def test_another_fault_is_told_and_so_is_the_end_of_it(function):
    for text in ("{", '{"cost_missed": -4}', '{"policy": "exact"}'):
        function.put(text)
        function.policies.rules_for(BIN)

    first, second, end = function.told
    assert str(first) != str(second)
    assert end is None
    assert Exact() == function.policy


def test_a_cold_start_with_a_broken_parameter_has_the_book_of_the_environment(function):
    function.put('{"policy": "guess"}')

    assert COLD.rules.policy == function.policy
    assert 1 == len(function.told)


def test_without_the_parameter_the_book_of_the_environment_holds(function):
    assert COLD.rules.policy == function.policy
    assert ["SSM answered ParameterNotFound for /binwatch/policies"] == [str(each) for each in function.told]


def test_while_ssm_is_out_of_reach_the_last_book_holds_and_ssm_is_left_alone(function):
    function.put(json.dumps({"policy": "exact"}))
    assert Exact() == function.policy
    function.clock.passes(MAX_AGE_S)
    function.ssm.meta.events.register("before-send.ssm.GetParameter", _refuse)

    for _ in range(50):
        assert Exact() == function.policy

    assert 2 == len(function.requests)
    assert ["SSM is out of reach: ConnectTimeoutError"] == [str(each) for each in function.told]


def _refuse(**_):
    raise ConnectTimeoutError(endpoint_url="https://ssm.example")


def test_ssm_back_in_reach_is_asked_again(function):
    function.policies.rules_for(BIN)  # there is no parameter yet

    function.put('{"policy": "exact"}')

    assert Exact() == function.policy
    assert function.told[-1] is None
