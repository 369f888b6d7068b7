"""Several trained counters as one artefact, and an artefact's graph and figures anew from its weights."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bincount.artifact import Artifact, ArtifactError
from bincount.training.network import Ensemble
from bincount.training.release import release
from bincount.training.weights import read_weights, version_of


def merged(members: Sequence[Path], out: Path, data: Path, *, mirrored: bool, command: str) -> Artifact:
    """Make one counter of several: the average of what they find likely.

    Raises:
        ArtifactError: a folder holds no counter, or the counters do not tell the same counts.
    """
    cards = [Artifact.load(folder) for folder in members]
    if len({card.k for card in cards}) > 1:
        raise ArtifactError(
            "the members tell different counts: " + ", ".join(f"0 to {card.k}" for card in cards)
        )
    counters = [counter for folder in members for counter in read_weights(folder).members]
    ensemble = Ensemble(counters, mirrored=mirrored)
    made_by = {
        "command": command,
        "members": [dict(card.made_by) | {"version": card.version} for card in cards],
        "licence": cards[0].made_by.get("licence"),
    }
    configs = [config for card in cards for config in card.config["members"]]
    artifact = replace(
        cards[0],
        version=version_of(ensemble),
        config={"members": configs, "mirrored": mirrored},
        made_by=made_by,
    )
    return release(artifact, ensemble, out, data)


def again(folder: Path, data: Path, command: str) -> Artifact:
    """Make graph, temperature and figures of an artefact anew from its weights.

    Raises:
        ArtifactError: the folder holds no counter.
    """
    artifact = Artifact.load(folder)
    artifact = replace(artifact, made_by={**artifact.made_by, "graph": command})
    return release(artifact, read_weights(folder), folder, data)
