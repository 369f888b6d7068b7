"""Which photos a data set is made of, in the order of their ids, with what is known of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bincount.data.files import Files
from bincount.data.groups import in_order
from bincount.data.id_lists import Label
from bincount.data.sources import Photo, Source, Track
from bincount.data.tally import Tally


@dataclass(frozen=True, slots=True)
class Wanted:
    """What photos are wanted, from where, and with whose counts."""

    sources: Sequence[Source]
    described: str  # the sources, for people
    ids: Sequence[str] | None = None  # None: all
    labels: Mapping[str, Label] = field(default_factory=dict)  # these overrule the records
    limit: int | None = None
    download: Mapping[str, Any] | None = None  # what fetching them told


def select(wanted: Wanted, tally: Tally, track: Track) -> list[Photo]:
    """List the photos and read their records; what is missing or odd is tallied."""
    found = _found(wanted, tally)
    listed = set(wanted.ids or ()).union(*(source.labels for source in wanted.sources if wanted.ids is None))
    tally.missing.extend(in_order(listed - found.keys()))
    photos = []
    for identifier in track(in_order(found)[: wanted.limit], "Reading records", None):
        source, files, name = found[identifier]
        photo = _relabelled(source.photo(identifier, files, name), wanted.labels.get(identifier))
        tally.knows(photo)
        photos.append(photo)
    return photos


def _found(wanted: Wanted, tally: Tally) -> dict[str, tuple[Source, Files, str]]:
    """Where every photo is; of two with one id, the first."""
    asked = None if wanted.ids is None else set(wanted.ids)
    found: dict[str, tuple[Source, Files, str]] = {}
    for source in wanted.sources:
        for identifier, files, name in source.photos():
            if asked is not None and identifier not in asked:
                continue
            if identifier in found:
                tally.repeated.append(identifier)
            else:
                found[identifier] = source, files, name
    return found


def _relabelled(photo: Photo, label: Label | None) -> Photo:
    """The photo with what a list says of it, where the list says anything."""
    if label is None:
        return photo
    known = photo.label
    count = known.count if label.count is None else label.count
    return replace(photo, label=Label(count, label.split or known.split, label.group or known.group))
