"""What the counting endpoint answers, written by the server and read by Lambda: standard library only.

    {"model": {"name": "…", "version": "…", "label_prior": [p0, …, pK]},
     "predictions": [{"count": 3, "probabilities": [p0, …, pK], "confidence": 0.61},
                     {"error": {"code": "truncated", "message": "…"}}]}

`probabilities` are P(count) for 0, 1, …, K-1 and, last, "K or more". `label_prior` is how often each of these
was the label in training: what the counter believes before it sees a photo. `count` is for people: the one
number that is worth most when a near miss is worth something, too.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SUM_TOLERANCE = 1e-3  # the probabilities travel rounded
NOT_A_DISTRIBUTION = "not_a_distribution"  # the code of a photo whose probabilities are none
NEAR_MISS = 0.5  # what a count one item off is worth, if the right one is worth 1


class MalformedPrediction(ValueError):
    """An answer that does not keep the contract above."""


@dataclass(frozen=True, slots=True)
class Model:
    """Who counted. An empty `label_prior` means that all counts were equally frequent in training."""

    name: str
    version: str
    label_prior: tuple[float, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}:{self.version}"


@dataclass(frozen=True, slots=True)
class Counted:
    """A photo's P(count); the last entry stands for that many or more."""

    probabilities: tuple[float, ...]

    @property
    def count(self) -> int:
        """The count to tell: of greatest expected worth, one item off being worth `NEAR_MISS`.

        Of P(1) = .3, P(3) = .25, P(4) = .2 and P(5) = .25 it is 4, although 1 is the most likely.
        """
        return max(range(len(self.probabilities)), key=self._worth)

    @property
    def confidence(self) -> float:
        """The probability of the count to tell."""
        return self.probabilities[self.count]

    def _worth(self, count: int) -> float:
        beside = self.probabilities[max(count - 1, 0) : count] + self.probabilities[count + 1 : count + 2]
        return self.probabilities[count] + NEAR_MISS * sum(beside)


@dataclass(frozen=True, slots=True)
class Refused:
    """A photo that the endpoint could not count: `code` for programs, `message` for people."""

    code: str
    message: str


Prediction = Counted | Refused


def to_json(model: Model, predictions: Sequence[Prediction]) -> str:
    """The endpoint's answer as text."""
    head: dict[str, Any] = {"name": model.name, "version": model.version}
    if model.label_prior:
        head["label_prior"] = list(model.label_prior)
    return json.dumps({"model": head, "predictions": [_to_dict(each) for each in predictions]})


def _to_dict(prediction: Prediction) -> dict[str, Any]:
    match prediction:
        case Refused(code, message):
            return {"error": {"code": code, "message": message}}
        case Counted(probabilities):
            return {
                "count": prediction.count,
                "probabilities": [round(each, 6) for each in probabilities],
                "confidence": round(prediction.confidence, 6),
            }


def parse(text: str | bytes) -> tuple[Model, tuple[Prediction, ...]]:
    """Read an endpoint's answer; a photo whose probabilities are no distribution is refused alone.

    Raises:
        MalformedPrediction: the text is no such answer, or the model's label prior is no distribution.
    """
    try:
        answer = json.loads(text)
        model = answer["model"]
        prior = tuple(float(each) for each in model.get("label_prior", ()))
        who = Model(str(model["name"]), str(model["version"]), prior)
        predictions = tuple(_from_dict(each, len(prior)) for each in answer["predictions"])
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise MalformedPrediction(f"not an endpoint's answer: {error!r}") from error
    if prior and (fault := fault_of(prior)):
        raise MalformedPrediction(f"label_prior {fault}")
    return who, predictions


def _from_dict(prediction: Mapping[str, Any], classes: int) -> Prediction:
    if "error" in prediction:
        return Refused(str(prediction["error"]["code"]), str(prediction["error"]["message"]))
    probabilities = tuple(float(each) for each in prediction["probabilities"])
    if fault := fault_of(probabilities, classes):
        return Refused(NOT_A_DISTRIBUTION, f"probabilities {fault}")
    return Counted(probabilities)


def fault_of(distribution: Sequence[float], classes: int = 0) -> str | None:
    """Why it is no distribution over so many counts (0: over any number of them)."""
    if len(distribution) < 2:
        return f"has {len(distribution)} entries, at least two are needed"
    if classes and len(distribution) != classes:
        return f"has {len(distribution)} entries, label_prior has {classes}"
    if any(not 0 <= each <= 1 + SUM_TOLERANCE for each in distribution):  # NaN is not, either
        return "holds a value that is no probability"
    if abs(math.fsum(distribution) - 1) > SUM_TOLERANCE:
        return f"sums to {math.fsum(distribution)}, not to 1"
    return None
