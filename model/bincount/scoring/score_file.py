"""Offline scoring: photos in, a CSV of distributions out."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from bincount.predictor import Predictor
from bincount.scoring.csv_file import ERROR_COLUMNS, Levels, Lines, header, line, new_file
from bincount.scoring.scoring import BATCH, Row, scored
from bincount.scoring.sources import Listed
from binwatch.prediction import Refused

type Seen = Callable[[Listed, Row | Refused], None]


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the photos."""

    counted: int
    unreadable: int


def score_to_csv(
    predictor: Predictor,
    photos: Sequence[Listed],
    out: Path,
    errors: Path | None = None,
    *,
    batch: int = BATCH,
    levels: Levels = MappingProxyType({}),
    seen: Seen = lambda photo, result: None,
) -> Tally:
    """Write a line a photo to ``out``, a line an unreadable photo to ``errors``: both whole or not at all.

    Args:
        predictor: who counts.
        photos: with ids that differ (`check_ids`).
        out: columns id, count, expected_value, p0..pK; photos that could not be counted have no line.
        errors: columns photo, code, message.
        batch: photos counted at a time.
        levels: of the sets of counts that get columns of their own.
        seen: told of each photo as it is done.

    Raises:
        SourceUnusable: a bucket has stopped answering; nothing is written.
        OSError: a file cannot be written, for want of room or of leave.
    """
    unreadable = 0
    with ExitStack() as files:
        columns = header(len(predictor.model.label_prior), levels)
        lines = Lines(files.enter_context(new_file(out)), columns)
        bad = Lines(files.enter_context(new_file(errors)), ERROR_COLUMNS) if errors else None
        for photo, result in scored(predictor, photos, batch):
            if not isinstance(result, Refused):
                lines.add(line(photo.id, result, levels))
            else:
                unreadable += 1
                if bad:
                    bad.add([str(photo), result.code, result.message])
            seen(photo, result)
    return Tally(len(photos) - unreadable, unreadable)
