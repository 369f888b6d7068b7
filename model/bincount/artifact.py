"""The counter as a folder: ``counter.onnx``, ``counter.safetensors``, ``artifact.json`` about both.

``pair.onnx``, where there is one, tells what changed between two looks at one bin.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Self

from binwatch.prediction import Model

SCHEMA = "bincount.artifact/1"
ONNX = "counter.onnx"
PAIR = "pair.onnx"
WEIGHTS = "counter.safetensors"
EXACT = "counter.fp32.onnx"
CARD = "artifact.json"
REMEDY = "take the counter that came with this code, or make one anew with `bincount train`"
_BY_CLASS = ("scale", "shift")  # of vector scaling
SHIPPED = Path(__file__).resolve().parents[1] / "artifact"


class ArtifactError(Exception):
    """The folder holds no counter that this code can use."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """Who the counter is, how to read its logits, and where it comes from."""

    name: str
    version: str
    k: int  # the last class is "k or more"
    temperature: float
    label_prior: tuple[float, ...]  # label frequencies in training, k + 1 of them
    preprocessing: Mapping[str, Any] = field(default_factory=dict)
    pair: Mapping[str, Any] | None = (
        None  # of pair.onnx, where there is one: temperature; law, P(-6) to P(+6)
    )
    calibration: Mapping[str, Any] = field(default_factory=dict)  # kind; of "vector": scale, shift; figures
    conformal: Mapping[str, float] = field(default_factory=dict)  # by share of photos missed: level of sets
    metrics: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    made_by: Mapping[str, Any] = field(default_factory=dict)  # command, revision, data, trunk, licence
    schema: str = SCHEMA

    @property
    def model(self) -> Model:
        """The counter as the endpoint's answers name it."""
        return Model(self.name, self.version, self.label_prior)

    @property
    def levels(self) -> dict[float, float]:
        """The levels of its sets of counts, by the share of photos whose count they may miss."""
        return {float(alpha): float(level) for alpha, level in self.conformal.items()}

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read ``artifact.json``.

        Raises:
            ArtifactError: the folder holds none, or one of another schema.
        """
        path = folder / CARD
        try:
            card = json.loads(path.read_text(encoding="utf-8"))
            if card.get("schema") != SCHEMA:
                raise ArtifactError(
                    f"{path} is of schema {card.get('schema')!r}, this code reads {SCHEMA}: {REMEDY}"
                )
            artifact = cls(**card | {"label_prior": tuple(card["label_prior"])})
            by_class = [len(artifact.calibration.get(name, artifact.label_prior)) for name in _BY_CLASS]
            alphas = artifact.levels.keys()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise ArtifactError(missing(folder, CARD)) from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ArtifactError(f"{path} is no counter's card of this code ({error!r}): {REMEDY}") from error
        if len(artifact.label_prior) != artifact.k + 1 or artifact.temperature <= 0:
            message = f"{path}: label_prior needs {artifact.k + 1} entries, and temperature must be positive"
            raise ArtifactError(message)
        if set(by_class) != {artifact.k + 1} or not all(0 < alpha < 1 for alpha in alphas):
            raise ArtifactError(f"{path}: its calibration is not one of {artifact.k + 1} classes")
        return artifact

    def save(self, folder: Path) -> None:
        """Write ``artifact.json``."""
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"
        write_atomically(folder / CARD, text.encode())


def missing(folder: Path, name: str) -> str:
    """What to say when a file of the artefact is not there."""
    return f"no counter in {folder}: {name} is missing (`bincount train` makes one)"


@contextmanager
def made_anew(folder: Path) -> Iterator[Path]:
    """A folder to write an artefact into, whose files then replace all that ``folder`` has of one.

    The old card goes first and the new one comes last, so that no card ever stands beside another counter's
    files; what the new artefact lacks is removed. Until then the old one stays as it is.

    Raises:
        OSError: a file cannot be written or replaced; it names the file.
    """
    unfinished = folder / ".unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)  # what a killed process left
    unfinished.mkdir(parents=True)
    try:
        yield unfinished
        (folder / CARD).unlink(missing_ok=True)
        for name in (ONNX, PAIR, EXACT, WEIGHTS, CARD):
            if (unfinished / name).exists():
                (unfinished / name).replace(folder / name)
            else:
                (folder / name).unlink(missing_ok=True)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def write_atomically(path: Path, data: bytes) -> None:
    """Write the whole file or nothing: a reader never sees half of it.

    Raises:
        OSError: the disk is full, or the folder not to be written to; it names the file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _named(path), written_whole(path, "wb") as file:
        file.write(data)


@contextmanager
def written_whole(path: Path, mode: str, **manner: Any) -> Iterator[IO[Any]]:  # noqa: ANN401 (as of open)
    """A file to write piece by piece that appears under its name when all is written, or not at all.

    Args:
        path: in a folder that is there.
        mode: ``w`` or ``wb``.
        manner: encoding and the like, as of ``open``.

    Raises:
        OSError: the file cannot be made in its folder, or not be put in its place; it names the file.
    """
    with _named(path):
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, mode, **manner) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        with _named(path):
            Path(name).chmod(0o644)  # mkstemp's 0600 is for secrets
            Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Errors name the file that was asked for, not the unfinished one beside it."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
