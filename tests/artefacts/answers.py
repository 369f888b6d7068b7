"""What every function answers to every sample event."""

from tests.sample_events import records

DONE = {"batchItemFailures": []}


def _failed(name):
    (record,) = records(name)
    return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}


# Whatever is not named here is DONE.
ANSWERS = {("PublishAlertsFunction", "stream_outbox_poison"): _failed("stream_outbox_poison")}
