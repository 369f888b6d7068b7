"""Which split a photo is in: a hash of its group's name says, so that it stays there while the name does."""

import hashlib
from dataclasses import dataclass
from math import isclose, isfinite
from typing import Literal, Self

from bincount.data.manifest import SPLITS, Split

type SplitBy = Literal["given", "group", "random"]


@dataclass(frozen=True, slots=True)
class Shares:
    """How much of the data each split gets; they add up to 1."""

    train: float = 0.8
    val: float = 0.1
    test: float = 0.1

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``80/10/10`` (percent), or ``0.8/0.1/0.1``.

        Raises:
            ValueError: these are no three shares, or they add up neither to 100 nor to 1.
        """
        try:
            parts = [float(part) for part in text.split("/")]
        except ValueError as error:
            raise ValueError(f"{text!r} is no split: write 80/10/10 (train/val/test)") from error
        whole = sum(parts)
        if len(parts) != len(SPLITS) or min(parts) < 0 or not isfinite(whole):
            raise ValueError(f"{text!r} is no split: three shares such as 80/10/10 (train/val/test)")
        if not (isclose(whole, 100) or isclose(whole, 1)):  # close: 0.7 + 0.2 + 0.1 is a little less than 1
            raise ValueError(f"{text!r} is no split: it adds up to {whole:g}, not to 100 (percent) or 1")
        return cls(*(part / whole for part in parts))

    def split_of(self, name: str, seed: int) -> Split:
        """The split of whatever has this name; the same name and seed, the same split."""
        digest = hashlib.sha256(f"{seed} {name}".encode()).digest()
        place = int.from_bytes(digest[:8]) / 2**64
        if place < self.train:
            return "train"
        return "val" if place < self.train + self.val else "test"


DEFAULT_SHARES = Shares()
