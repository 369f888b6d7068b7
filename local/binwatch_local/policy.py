"""Which policy decides, as parameters of the template."""

from dataclasses import dataclass
from typing import Literal

PolicyName = Literal["cost", "posterior", "exact", "capacity"]
POLICIES: tuple[PolicyName, ...] = ("cost", "posterior", "exact", "capacity")


@dataclass(frozen=True, slots=True)
class Deciding:
    """How alerts are decided; None leaves it to the template's default.

    Args:
        policy: the rule.
        discrepancy_rate: the share of records that are wrong, which all but the exact policy must be told.
        hold_minutes: how long a mismatch must last before it is told. Not left to the template: whoever tries
            the system on one machine wants to see an alert at once.
    """

    policy: PolicyName | None = None
    discrepancy_rate: float | None = None
    hold_minutes: float = 0.0

    def parameters(self) -> dict[str, str]:
        """What the template is given."""
        given = {"DecisionPolicy": self.policy, "DiscrepancyRate": self.discrepancy_rate}
        told = {name: str(value) for name, value in given.items() if value is not None}
        return told | {"HoldMinutes": f"{self.hold_minutes:g}"}


BY_DEFAULT = Deciding()
