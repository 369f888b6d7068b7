"""Which split a photo is in: a hash of its group's name says, so that it stays there while the name does."""

import hashlib
from dataclasses import dataclass
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
        """Read ``80/10/10``.

        Raises:
            ValueError: these are no three shares.
        """
        try:
            parts = [float(part) for part in text.split("/")]
        except ValueError as error:
            raise ValueError(f"{text!r} is no split: write 80/10/10 (train/val/test)") from error
        whole = sum(parts)
        if len(parts) != len(SPLITS) or min(parts) < 0 or not 0 < whole < float("inf"):
            raise ValueError(f"{text!r} is no split: three shares such as 80/10/10 (train/val/test)")
        return cls(*(part / whole for part in parts))

    def split_of(self, name: str, seed: int) -> Split:
        """The split of whatever has this name; the same name and seed, the same split."""
        digest = hashlib.sha256(f"{seed} {name}".encode()).digest()
        place = int.from_bytes(digest[:8]) / 2**64
        if place < self.train:
            return "train"
        return "val" if place < self.train + self.val else "test"


DEFAULT_SHARES = Shares()
