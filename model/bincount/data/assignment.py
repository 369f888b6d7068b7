"""From photos to rows of a manifest: the group and the split of each."""

from collections.abc import Sequence

from bincount.data.groups import same_bin
from bincount.data.manifest import Row, Split
from bincount.data.records import Record
from bincount.data.sources import Photo
from bincount.data.splits import Shares, SplitBy

_NO_RECORD = Record()


def rule(photos: Sequence[Photo], asked: SplitBy | None) -> SplitBy:
    """The rule that was asked for; without one, the source's own splits where it has any, else by group."""
    return asked or ("given" if any(photo.label.split for photo in photos) else "group")


def assigned(
    photos: Sequence[Photo], by: SplitBy, shares: Shares, seed: int, window: int, blocks: int | None
) -> list[Row]:
    """One row a photo, without a place for its pixels yet.

    A group of one bin goes to the split that the hash of its first id says: another first id, perhaps another
    split. With ``given``, photos with a
    split of their own keep it, and photos of the same bin without one follow them.
    """
    firsts = same_bin([(photo.id, (photo.record or _NO_RECORD).asins) for photo in photos], window, blocks)
    leaders: dict[int, Row] = {}  # of each bin, the first photo whose split is given
    rows = []
    for photo, first in zip(photos, firsts, strict=True):
        group = f"bin-{photos[first].id}"
        if by != "group":
            group = photo.label.group or group
        if by == "random":
            rows.append(_row(photo, group, shares.split_of(f"photo {photo.id}", seed)))
        elif by == "given" and photo.label.split:
            rows.append(_row(photo, group, photo.label.split))
            leaders.setdefault(first, rows[-1])
        else:
            rows.append(_row(photo, group, shares.split_of(group, seed)))
    return [
        _following(row, leaders.get(first), photo)
        for row, first, photo in zip(rows, firsts, photos, strict=True)
    ]


def _following(row: Row, leader: Row | None, photo: Photo) -> Row:
    """The row in its leader's group and split, unless it has its own."""
    return row if leader is None or photo.label.split else _row(photo, leader.group, leader.split)


def _row(photo: Photo, group: str, split: Split) -> Row:
    record = photo.record or _NO_RECORD
    return Row(photo.id, photo.count, group, split, -1, -1, record.items, record.volume, record.weight)
