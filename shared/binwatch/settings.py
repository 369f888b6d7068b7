"""What the functions are told through their environment, read once and checked whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from binwatch.links import NO_LINK, BadLink, LinkTemplate
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
    """What publish_alerts needs.

    `link` leads from an alert to its bin: ALERT_LINK; without it, on AWS, to the photo in the S3 console;
    with the word `none`, and on one machine, nowhere.
    """

    topic_arn: str
    link: LinkTemplate | None = None

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "PublishSettings":
        """Read the environment.

        Raises:
            BadSettings: the topic is missing, or the link is none.
        """
        (topic,) = _required(env, PUBLISH_ALERTS)
        return cls(topic, link_of(env))


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


def link_of(env: Mapping[str, str]) -> LinkTemplate | None:
    """Where alerts lead to, by what the environment says of it.

    Raises:
        BadSettings: nowhere that could be.
    """
    text, region = env.get("ALERT_LINK"), env.get("AWS_REGION")
    if text == NO_LINK:
        return None
    if text:
        try:
            return LinkTemplate(text)
        except BadLink as error:
            raise BadSettings(f"ALERT_LINK cannot be: {error}") from error
    return LinkTemplate.console(region) if region and not env.get("AWS_ENDPOINT_URL") else None


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
