"""The table's rows as pynamodb models: one table, a class for each kind of row.

pk                       sk
bin/<site>/<bin>         state | look/<stem>/<upload> | sidecar/<stem> | standing | audit/<revision>
outbox/<alert id>        <revision>
alert/<alert id>         bin
quarantine/<yyyy-mm-dd>  <id>

The rows of the alerts' life are in episode_rows.py.
"""

from typing import Any, NoReturn, Self, cast

from pynamodb.attributes import (
    DiscriminatorAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.exceptions import AttributeDeserializationError
from pynamodb.models import Model

from binwatch.errors import RowUnreadable


class Row(Model):
    """Any row; `kind` tells which class it is read as."""

    class Meta:
        """The table's name is set by the ledger, once its settings are known."""

        table_name = ""
        read_timeout_seconds = 5
        connect_timeout_seconds = 2
        max_retry_attempts = 2

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        """The row, as its kind's class; a `ForeignRow` where it is none of ours, lest it stop all others."""
        try:
            return super().from_raw_data(data)
        except (AttributeDeserializationError, ValueError) as error:
            return cast(Self, ForeignRow(data["pk"]["S"], data["sk"]["S"], fault=str(error)))

    def unreadable(self, fault: object) -> RowUnreadable:
        """The error that names this row, to raise or to tell of."""
        return RowUnreadable("row_damaged", f"{self.pk} {self.sk} cannot be read: {fault}")


class ForeignRow(Row):
    """A row whose kind this code does not know, or with a value of another type than its kind's.

    Whoever asks it for what only a row of its kind has is told so: RowUnreadable.
    """

    fault = UnicodeAttribute()  # never written: why it cannot be read

    def __getattr__(self, _: str) -> NoReturn:
        """Called for what is no attribute of this class."""
        raise self.unreadable(self.fault)


class StateRow(Row, discriminator="state"):
    """A bin's revision, which every writer of the bin raises, and what the next writer needs to know."""

    revision = NumberAttribute()
    newest = UnicodeAttribute(null=True)
    newest_order = UnicodeAttribute(null=True)
    waiting: ListAttribute[UnicodeAttribute] = ListAttribute(of=UnicodeAttribute)
    episode = NumberAttribute(null=True)  # this and the next are of older versions: binwatch.upgrade
    open_alert = UnicodeAttribute(null=True)
    evidence = UnicodeAttribute(null=True)  # JSON text: binwatch.evidence
    doubt = UnicodeAttribute(null=True)  # JSON texts: binwatch.asking
    draw = UnicodeAttribute(null=True)


class LookRow(Row, discriminator="look"):
    """One photo of a bin, its count and its verdict."""

    bucket = UnicodeAttribute()
    key = UnicodeAttribute()
    version_id = UnicodeAttribute(null=True)
    stem = UnicodeAttribute()
    order = UnicodeAttribute()
    captured_at = UnicodeAttribute()
    uploaded_at = UnicodeAttribute()
    stored_at = UnicodeAttribute()
    decided_at = UnicodeAttribute()
    verdict = UnicodeAttribute()
    direction = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    counted = NumberAttribute(null=True, attr_name="count")  # `count` is a method of every Model
    probabilities: ListAttribute[NumberAttribute] = ListAttribute(of=NumberAttribute, null=True)
    label_prior: ListAttribute[NumberAttribute] = ListAttribute(of=NumberAttribute, null=True)
    model = UnicodeAttribute(null=True)
    expected = NumberAttribute(null=True)
    expected_source = UnicodeAttribute(null=True)
    mismatch_probability = NumberAttribute(null=True)
    most_likely = NumberAttribute(null=True)
    amiss = NumberAttribute(null=True)
    policy = UnicodeAttribute(null=True)
    alert_id = UnicodeAttribute(null=True)


class RecordRow(Row, discriminator="record"):
    """An expected quantity: a photo's sidecar or the bin's standing record."""

    quantity = NumberAttribute()
    order = UnicodeAttribute()


class AlertRow(Row, discriminator="alert"):
    """An alert as it was sent by older versions, which kept no case."""

    state = UnicodeAttribute()
    alert = UnicodeAttribute(null=True)


class AlertBinRow(Row, discriminator="alert-bin"):
    """The bin that an alert is about, for whoever knows the alert's id only."""

    bin = UnicodeAttribute()


class ChangeMap(MapAttribute[str, str]):
    """One line of the audit trail."""

    at = UnicodeAttribute()
    what = UnicodeAttribute()
    why = UnicodeAttribute()


class AuditRow(Row, discriminator="audit"):
    """What one transaction changed in a bin's verdicts, and why."""

    changes: ListAttribute[ChangeMap] = ListAttribute(of=ChangeMap)


class OutboxRow(Row, discriminator="outbox"):
    """A message to publish; the table's stream carries it, DynamoDB deletes it later."""

    alert = UnicodeAttribute()
    expires_at = NumberAttribute()


class QuarantineRow(Row, discriminator="quarantine"):
    """What belongs to no bin, or what no bin can use."""

    at = UnicodeAttribute()
    item = UnicodeAttribute()
    code = UnicodeAttribute()
    detail = UnicodeAttribute()
    bucket = UnicodeAttribute(null=True)
    key = UnicodeAttribute(null=True)
    version_id = UnicodeAttribute(null=True)
    excerpt = UnicodeAttribute(null=True)
    verdict = UnicodeAttribute(null=True)
