"""The choices that a person makes of one training run; saved beside its weights."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Self, TypeAliasType, get_args

CONFIG = "config.json"  # in the folder of every run

type HeadKind = Literal["softmax", "corn"]
type Optimizer = Literal["adamw", "sgd"]
type Schedule = Literal["cosine", "steps"]
type Augmentation = Literal["light", "strong"]
type Criterion = Literal["nll", "rps"]
type Precision = Literal["auto", "float32", "bfloat16"]


_KINDS: Mapping[object, str] = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "text",
    NoneType: "null",
}


class BadConfig(Exception):
    """A training run cannot be made as it was asked for."""


@dataclass(frozen=True, slots=True)
class _Range:
    """The finite numbers from ``least`` to below ``end``."""

    least: float
    end: float = math.inf
    above: bool = False  # ``least`` is not one of them

    def holds(self, value: float) -> bool:
        # Nothing is true of NaN, and infinity is not below itself.
        return (value > self.least if self.above else value >= self.least) and value < self.end

    def __str__(self) -> str:
        least = f"{'above' if self.above else 'at least'} {self.least:g}"
        return least if self.end == math.inf else f"{least} and below {self.end:g}"


_NOT_BELOW_0, _ONE_OR_MORE, _ABOVE_0, _SHARE = _Range(0), _Range(1), _Range(0, above=True), _Range(0, 1)
_RANGES: Mapping[str, _Range] = {
    "seed": _Range(0, 2**63),  # what torch and numpy both take
    "frozen": _NOT_BELOW_0,
    "views": _ONE_OR_MORE,
    "classes": _Range(2),
    "local_width": _NOT_BELOW_0,
    "dropout": _SHARE,
    "epochs": _ONE_OR_MORE,
    "batch_size": _ONE_OR_MORE,
    "head_rate": _ABOVE_0,
    "trunk_rate": _ABOVE_0,
    "weight_decay": _NOT_BELOW_0,
    "smoothing": _SHARE,
    "softness": _SHARE,
    "reach": _ABOVE_0,
    "mixup": _NOT_BELOW_0,
    "teacher_share": _SHARE,
    "pair_weight": _NOT_BELOW_0,
    "items_weight": _NOT_BELOW_0,
    "synthetic": _NOT_BELOW_0,
    "at_most": _ONE_OR_MORE,
    "limit": _ONE_OR_MORE,
    "patience": _ONE_OR_MORE,
}


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Every setting that changes the result. The defaults make one member of the shipped counter."""

    seed: int = 7
    backbone: str = "efficientnet_lite0"
    pretrained: bool = True
    frozen: int = 4  # so many of the trunk's stages stay as ImageNet made them
    views: int | None = (
        4  # the frozen stages see a photo and three augmented views of it; None: ever new ones
    )
    head: HeadKind = "softmax"
    classes: int = 11  # 0, 1, ..., 9 and "10 or more"
    local_width: int = (
        192  # channels of the convolution over the finer map; 0: a linear head on the pooled trunk
    )
    dropout: float = 0.3
    epochs: int = 8
    batch_size: int = 64  # over all processes
    optimizer: Optimizer = "adamw"
    head_rate: float = 1e-3
    trunk_rate: float = 2e-4
    weight_decay: float = 0.05
    schedule: Schedule = "cosine"  # "steps": a tenth of the rate after every ten epochs
    smoothing: float = (
        0.998  # what is kept is a moving average of the weights over the last steps; 0: the weights
    )
    softness: float = 0.2  # share of a label spread over its neighbours ...
    reach: float = 0.4545  # ... as exp(-distance / reach)
    augmentation: Augmentation = "light"  # how otherwise a view of a photo may look; never its count
    mixup: float = (
        0.0  # half of each batch are blends of two photos, by shares of Beta(mixup, mixup); 0: none
    )
    teacher: str | None = None  # folder of a counter whose answers are part of what is wanted
    teacher_share: float = 0.5  # so large a part
    pair_weight: float = 1.0  # of the loss on "what changed between two looks at one bin"
    items_weight: float = 0.1  # of the loss on "how many different items, and how large are they"
    synthetic: int = 600  # drawn bins added to the training photos
    at_most: int | None = None  # learn from photos of so many items at most, as the published task does
    limit: int | None = None  # train on this many photos only (a trial run)
    patience: int | None = None  # stop after so many epochs without a better validation; None: never early
    criterion: Criterion = "nll"  # what "better" means
    precision: Precision = "auto"  # bfloat16 where the processor computes it natively
    compile: bool = False  # torch.compile: pays on GPUs and long runs
    mirrored: bool = False  # the counter also looks at the mirror image, and averages: half as fast

    def __post_init__(self) -> None:
        """Refuse what could only fail later.

        Raises:
            BadConfig: a setting is of the wrong kind or outside its range; the message names it.
        """
        for each in fields(self):
            value = getattr(self, each.name)
            if not _fits(value, each.type):
                raise BadConfig(f"{each.name} must be {_described(each.type)}, not {value!r}")
        for name, allowed in _RANGES.items():
            value = getattr(self, name)
            if value is not None and not allowed.holds(value):
                raise BadConfig(f"{name} must be {allowed}, not {value}")

    @classmethod
    def of(cls, settings: dict[str, Any]) -> Self:
        """The configuration that a mapping describes; what it does not name keeps its default.

        Raises:
            BadConfig: a name is unknown, or a value out of range.
        """
        unknown = settings.keys() - {field.name for field in fields(cls)}
        if unknown:
            raise BadConfig(f"unknown settings: {', '.join(sorted(unknown))}")
        return cls(**settings)

    @staticmethod
    def read_settings(path: Path) -> dict[str, Any]:
        """The settings of a JSON file, as `bincount tune` and every run folder hold one.

        Raises:
            BadConfig: the file is missing, or no JSON object.
        """
        try:
            settings = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise BadConfig(f"no configuration in {path}: {error.strerror}") from error
        except ValueError as error:
            raise BadConfig(f"{path} is no JSON: {error}") from error
        if not isinstance(settings, dict):
            raise BadConfig(f"{path} must hold one JSON object")
        return settings

    def text(self) -> str:
        """The configuration as JSON."""
        return json.dumps(asdict(self), indent=2) + "\n"


def _fits(value: object, kind: object) -> bool:
    """Whether a value is of a setting's kind; a whole number will do for a fraction."""
    choices = _choices(kind)
    if choices:
        return value in choices
    if isinstance(kind, UnionType):
        return any(_fits(value, each) for each in get_args(kind))
    return type(value) is kind or (kind is float and type(value) is int)


def _described(kind: object) -> str:
    choices = _choices(kind)
    if choices:
        return "one of " + ", ".join(choices)
    if isinstance(kind, UnionType):
        return " or ".join(_described(each) for each in get_args(kind))
    return _KINDS[kind]


def _choices(kind: object) -> tuple[str, ...]:
    return get_args(kind.__value__) if isinstance(kind, TypeAliasType) else ()
