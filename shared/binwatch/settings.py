"""What the functions are told through their environment, read once and checked whole."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from binwatch.decision import Exact, Policy, Posterior

COUNT_BINS = ("TABLE_NAME", "ENDPOINT_NAME", "UPLOADS_QUEUE_URL")
PUBLISH_ALERTS = ("ALERTS_TOPIC_ARN",)
_POSTERIOR = ("discrepancy_rate", "cost_false_alarm", "cost_missed", "cost_look")


class BadSettings(Exception):
    """The environment lacks something or holds a value that cannot be."""


@dataclass(frozen=True, slots=True)
class CountSettings:
    """What count_bins needs."""

    table_name: str
    endpoint_name: str
    queue_url: str
    policy: Policy

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "CountSettings":
        """Read the environment.

        Raises:
            BadSettings: names everything that is missing, or the value that cannot be.
        """
        table, endpoint, queue = _required(env, COUNT_BINS)
        return cls(table, endpoint, queue, _policy(env))


@dataclass(frozen=True, slots=True)
class PublishSettings:
    """What publish_alerts needs."""

    topic_arn: str

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "PublishSettings":
        """Read the environment.

        Raises:
            BadSettings: the topic is missing.
        """
        return cls(*_required(env, PUBLISH_ALERTS))


def _required(env: Mapping[str, str], names: tuple[str, ...]) -> list[str]:
    missing = [name for name in names if not env.get(name)]
    if missing:
        raise BadSettings(f"the environment lacks {', '.join(missing)}")
    return [env[name] for name in names]


def _numbers(env: Mapping[str, str], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: float(env[name.upper()]) for name in names if env.get(name.upper())}


def _policy(env: Mapping[str, str]) -> Policy:
    match env.get("DECISION_POLICY", "posterior"):
        case "exact":
            return Exact()
        case "posterior":
            try:
                return replace(Posterior(), **_numbers(env, _POSTERIOR))
            except ValueError as error:
                raise BadSettings(f"the decision's settings cannot be: {error}") from error
        case other:
            raise BadSettings(f"DECISION_POLICY is {other!r}; it can be exact or posterior")
