"""Policy books as people handle them: a file that is checked, the stack's parameter, rules as values."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import boto3

from binwatch.decision import Cost
from binwatch.keys import iso
from binwatch.policy_book import RANGES, PolicyBook, Rules
from binwatch.policy_values import BadPolicies
from binwatch.triage import Capacity, FalseAlarms
from binwatch_local.errors import OneMachineError, PoliciesRefused

MOST_BYTES = 4096  # of a parameter of the standard tier


@dataclass(frozen=True, slots=True)
class Book:
    """A policy book that can be, and its text as it is stored: without the blanks."""

    book: PolicyBook
    text: str

    @property
    def bytes(self) -> int:
        """The size that SSM sees."""
        return len(self.text.encode())

    @property
    def values(self) -> dict[str, Any]:
        """What the book says, as JSON."""
        values: dict[str, Any] = json.loads(self.text)
        return values


def read(text: str, source: str) -> Book:
    """Check a text whole.

    Raises:
        PoliciesRefused: it cannot be a policy book, or is too large for a parameter.
    """
    try:
        parsed = PolicyBook.parse(text)
    except BadPolicies as error:
        remedy = "Mend that place; docs/alerting.md lists every value. Nothing was changed."
        raise PoliciesRefused(f"{source}: {error}.", remedy) from error
    book = Book(parsed, json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")))
    if book.bytes > MOST_BYTES:
        raise PoliciesRefused(
            f"{source}: the policy book has {book.bytes} bytes, and a parameter holds {MOST_BYTES}.",
            "Say in sites and zones only what differs, join zones, shorten laws. Nothing was changed.",
        )
    return book


def read_file(path: Path) -> Book:
    """Check a file.

    Raises:
        PoliciesRefused: it cannot be read, or is no policy book that a parameter can hold.
    """
    try:
        return read(path.read_text(encoding="utf-8-sig"), str(path))
    except UnicodeDecodeError as error:
        raise PoliciesRefused(f"{path} is no UTF-8 text.", "Save it as UTF-8.") from error


@dataclass(frozen=True, slots=True)
class Stored:
    """What the parameter of a stack holds."""

    text: str
    version: int
    changed_at: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """The SSM parameter of the stack that is up."""

    name: str

    def read(self) -> Stored:
        """What it holds.

        Raises:
            OneMachineError: somebody deleted it.
        """
        ssm: Any = boto3.client("ssm")
        try:
            found = ssm.get_parameter(Name=self.name)["Parameter"]
        except ssm.exceptions.ParameterNotFound as error:
            remedy = "Write one: `binwatch policies set FILE.json`."
            raise OneMachineError(f"There is no parameter {self.name}.", remedy) from error
        return Stored(found["Value"], found["Version"], iso(found["LastModifiedDate"].astimezone(UTC)))

    def write(self, book: Book) -> int:
        """Replace what it holds; its new version."""
        ssm: Any = boto3.client("ssm")
        written = ssm.put_parameter(Name=self.name, Value=book.text, Type="String", Overwrite=True)
        return int(written["Version"])


def values_of(rules: Rules) -> dict[str, Any]:
    """Rules by the names of a policy book, every value said: what `rules_of` reads."""
    policy, memory = rules.policy, rules.memory
    prior = policy.prior
    values: dict[str, Any] = {
        "policy": policy.name,
        "discrepancy_rate": prior.rate,
        "law": {str(items): weight for items, weight in prior.law.weights},
        "anything": prior.law.anything,
        "most": prior.most,
        "correlation": memory.correlation,
        "correlation_touched": memory.correlation_touched,
        "half_life_hours": memory.half_life,
        "slip": memory.slip,
        "unstated": memory.unstated,
        "item_cost": rules.item_cost,
        **{name: getattr(rules, name) for name in RANGES},
        **asdict(rules.grouping),
    }
    if isinstance(policy, Cost):
        costs = ("cost_false_alarm", "cost_missed", "cost_look")
        values |= {name: getattr(policy, name) for name in costs}
    if isinstance(policy, FalseAlarms):
        values["thresholds"] = list(policy.thresholds)
    if isinstance(policy, Capacity):
        values["visits"] = policy.visits
    if isinstance(policy, Cost | FalseAlarms | Capacity):
        values |= {"alpha": policy.wald.alpha, "beta": policy.wald.beta}
    return {name: value for name, value in values.items() if value is not None}
