"""What is noticed while photos pass: corrupt ones, duplicates, sizes, counts. Rows are kept, never photos."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bincount.data.decoding import Decoded, Undecodable
from bincount.data.manifest import SPLITS, Row
from bincount.data.sources import Photo

NAMED_AT_MOST = 1000  # of each kind of trouble; the rest is only counted
_SIZE_STEP = 16  # pixels: sizes are told of in steps


@dataclass(slots=True)
class Tally:
    """Figures that grow with every photo."""

    corrupt: list[dict[str, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)  # listed, and in no source
    repeated: list[str] = field(default_factory=list)  # ids that came twice; the first one is kept
    contradictory: list[dict[str, Any]] = field(default_factory=list)
    bad_records: list[dict[str, str]] = field(default_factory=list)
    without_record: int = 0
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    bytes: list[int] = field(default_factory=list)
    digests: list[int] = field(default_factory=list)

    def knows(self, photo: Photo) -> None:
        """Note what is odd in a photo's record."""
        record = photo.record
        if photo.bad_record:
            self.bad_records.append({"id": photo.id, "why": photo.bad_record})
        elif record is None:
            self.without_record += 1
        elif record.contradicts_itself:
            self.contradictory.append({"id": photo.id, "recorded": record.count, "summed": record.summed})

    def refuses(self, photo: Undecodable) -> None:
        """Note a photo that cannot be used."""
        where = photo.photo.path
        self.corrupt.append({"id": photo.photo.id, "where": where, "code": photo.code, "why": photo.message})

    def keeps(self, photo: Decoded) -> None:
        """Note a photo that can."""
        self.sizes[photo.size] += 1
        self.bytes.append(len(photo.data))
        self.digests.append(photo.digest)

    def told(self, rows: Sequence[Row]) -> dict[str, Any]:
        """All of it, for a program."""
        return {
            "photos": len(rows),
            "splits": {split: _split([row for row in rows if row.split == split]) for split in SPLITS},
            "groups": _groups(rows),
            "corrupt": _named(self.corrupt)
            | {"by_code": dict(Counter(each["code"] for each in self.corrupt))},
            "missing": _named(self.missing),
            "unlabelled": sum(row.count is None for row in rows),
            "without_record": self.without_record,
            "unreadable_records": _named(self.bad_records),
            "sum_differs": _named(self.contradictory),
            "repeated_ids": _named(self.repeated),
            "duplicates": duplicates(rows, self.digests),
            "sizes": self._sizes(),
            "bytes": _spread(self.bytes) | {"total": sum(self.bytes)},
        }

    def _sizes(self) -> dict[str, Any]:
        """Width and height of the photos as they came."""
        steps: Counter[tuple[int, int]] = Counter()
        for (width, height), photos in self.sizes.items():
            steps[width // _SIZE_STEP * _SIZE_STEP, height // _SIZE_STEP * _SIZE_STEP] += photos
        repeats = list(self.sizes.values())
        return {
            "distinct": len(self.sizes),
            "width": _spread(np.repeat([size[0] for size in self.sizes], repeats)),
            "height": _spread(np.repeat([size[1] for size in self.sizes], repeats)),
            "most_common": [[*size, photos] for size, photos in self.sizes.most_common(10)],
            "step": _SIZE_STEP,
            "histogram": [[*size, photos] for size, photos in sorted(steps.items())],
        }


def duplicates(rows: Sequence[Row], digests: Sequence[int]) -> dict[str, Any]:
    """Photos that are equal to the last pixel; whether they lie in several splits or have several counts."""
    sets = [[rows[place] for place in same] for same in _equal(digests)]
    straddling = [each for each in sets if len({row.split for row in each}) > 1]
    disagreeing = [each for each in sets if len({row.count for row in each if row.count is not None}) > 1]
    return {
        "sets": len(sets),
        "photos": sum(map(len, sets)),
        "in_several_splits": len(straddling),
        "with_several_counts": len(disagreeing),
        "listed": [[row.id for row in each] for each in sets[:NAMED_AT_MOST]],
    }


def _equal(digests: Sequence[int]) -> Iterator[list[int]]:
    """Positions that share a digest."""
    places = defaultdict(list)
    seen = Counter(digests)
    for place, digest in enumerate(digests):
        if seen[digest] > 1:
            places[digest].append(place)
    return iter(places.values())


def _split(rows: Sequence[Row]) -> dict[str, Any]:
    counts = Counter(row.count for row in rows if row.count is not None)
    return {
        "photos": len(rows),
        "groups": len({row.group for row in rows}),
        "unlabelled": sum(row.count is None for row in rows),
        "counts": {str(count): counts[count] for count in sorted(counts)},
    }


def _groups(rows: Sequence[Row]) -> dict[str, Any]:
    photos = Counter(row.group for row in rows)
    splits: Mapping[str, set[str]] = defaultdict(set)
    for row in rows:
        splits[row.group].add(row.split)
    sizes = Counter(photos.values())
    return {
        "groups": len(photos),
        "photos_in_company": sum(each for each in photos.values() if each > 1),
        "by_size": {str(size): sizes[size] for size in sorted(sizes)},
        "in_several_splits": sum(len(each) > 1 for each in splits.values()),
    }


def _named(found: Sequence[Any]) -> dict[str, Any]:
    return {"number": len(found), "listed": list(found[:NAMED_AT_MOST])}


def _spread(values: Sequence[int] | NDArray[np.int64]) -> dict[str, float]:
    """Least, median, most."""
    if not len(values):
        return {}
    return {name: float(np.quantile(values, at)) for name, at in (("least", 0), ("median", 0.5), ("most", 1))}
