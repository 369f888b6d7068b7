"""What the functions are told through their environment, read once and checked whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from binwatch.policy_book import PolicyBook, rules_of
from binwatch.policy_values import BadPolicies

COUNT_BINS = ("TABLE_NAME", "ENDPOINT_NAME", "UPLOADS_QUEUE_URL")
SWEEP = ("TABLE_NAME",)
DELIVER_WEBHOOKS = ("WEBHOOK_PARAMETER",)
PUBLISH_ALERTS = ("ALERTS_TOPIC_ARN",)
# What the environment can say of the policy; a policy book can say all of it, and for each site.
_NUMBERS = ("discrepancy_rate", "cost_false_alarm", "cost_missed", "cost_look", "hold_minutes")


class BadSettings(Exception):
    """The environment lacks something or holds a value that cannot be."""


@dataclass(frozen=True, slots=True)
class CountSettings:
    """What count_bins needs.

    `policies`: one set of rules for all bins, as the environment says. It holds where no `policies_parameter`
    of SSM is named, and until that one has been read.
    """

    table_name: str
    endpoint_name: str
    queue_url: str
    policies: PolicyBook
    policies_parameter: str | None = None

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "CountSettings":
        """Read the environment.

        Raises:
            BadSettings: names everything that is missing, or the value that cannot be.
        """
        table, endpoint, queue = _required(env, COUNT_BINS)
        return cls(table, endpoint, queue, _policies(env), env.get("POLICIES_PARAMETER") or None)


@dataclass(frozen=True, slots=True)
class SweepSettings:
    """What sweep needs; without a policy book it is as patient as by default."""

    table_name: str
    policies_parameter: str | None = None

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "SweepSettings":
        """Read the environment.

        Raises:
            BadSettings: the table is missing.
        """
        (table,) = _required(env, SWEEP)
        return cls(table, env.get("POLICIES_PARAMETER") or None)


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


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """What deliver_webhooks needs."""

    parameter: str

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "WebhookSettings":
        """Read the environment.

        Raises:
            BadSettings: the parameter's name is missing.
        """
        return cls(*_required(env, DELIVER_WEBHOOKS))


def _required(env: Mapping[str, str], names: tuple[str, ...]) -> list[str]:
    missing = [name for name in names if not env.get(name)]
    if missing:
        raise BadSettings(f"the environment lacks {', '.join(missing)}")
    return [env[name] for name in names]


def _policies(env: Mapping[str, str]) -> PolicyBook:
    values: dict[str, Any] = {"policy": env.get("DECISION_POLICY") or "cost"}
    try:
        values |= {name: float(env[name.upper()]) for name in _NUMBERS if env.get(name.upper())}
        return PolicyBook(rules_of(values, "the environment"))
    except (BadPolicies, ValueError) as error:
        raise BadSettings(f"the decision's settings cannot be: {error}") from error
