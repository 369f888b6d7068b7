"""The audit sample: a few bins, drawn whatever the counter says, that a person counts every day.

Alerts show only what the counter suspects. Without a sample that it did not choose, nobody knows how many
wrong records it misses, and the rate of wrong records that is learnt from alerts alone is far too high.
"""

import hashlib

from binwatch.errors import MalformedCommand
from binwatch.keys import BinId

DEFAULT_SHARE = 0.005  # of the bins, a day
_LARGEST = 2**64


def is_drawn(bin_: BinId, day: str, share: float = DEFAULT_SHARE, salt: str = "") -> bool:
    """Whether a bin is in the sample of a day (`2026-11-20`).

    The same bin and day give the same answer everywhere, and every day draws other bins. A bin that is drawn
    at a share is drawn at any larger one. The salt only makes another sample; it is no secret.

    Raises:
        MalformedCommand: the share is none.
    """
    if not 0 <= share <= 1:
        raise MalformedCommand("share_impossible", f"the audit share is {share}; it must lie between 0 and 1")
    digest = hashlib.sha256(f"{salt}\n{bin_.site}\n{bin_.bin}\n{day}".encode()).digest()
    return int.from_bytes(digest[:8]) / _LARGEST < share
