"""What every function answers to every sample event."""

from tests.sample_events import NAMES, records

DONE = {"batchItemFailures": []}


def _failed(name):
    (record,) = records(name)
    return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}


# Whatever is not named here is DONE. The sweep looks at its timers, whatever the event.
ANSWERS = {("PublishAlertsFunction", "stream_outbox_poison"): _failed("stream_outbox_poison")}
ANSWERS |= {("SweepFunction", name): {"woken": 0, "failed": 0} for name in NAMES}
