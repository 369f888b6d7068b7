"""Several trained counters as one artefact, and an artefact's graph and figures anew from its weights."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

from bincount.artifact import PAIR, Artifact, ArtifactError
from bincount.training.network import Ensemble
from bincount.training.release import release
from bincount.training.weights import read_weights, silence, version_of


def merged(
    members: Sequence[Path],
    out: Path,
    data: Path,
    *,
    comparing: Sequence[Path] = (),
    mirrored: bool,
    command: str,
) -> Artifact:
    """Make one counter of several: the average of what they find likely.

    Args:
        members: folders of counters.
        out: folder to write to.
        data: prepared data set.
        comparing: the members that shall compare two looks; none named: all that have learned to.
        mirrored: whether all look at the mirror image too; so they do if one of them does.
        command: to be noted.

    Raises:
        ArtifactError: a folder holds no counter, the counters do not tell the same counts, or one that shall
            compare is no member or cannot.
    """
    cards = [Artifact.load(folder) for folder in members]
    if len({card.k for card in cards}) > 1:
        raise ArtifactError(
            "the members tell different counts: " + ", ".join(f"0 to {card.k}" for card in cards)
        )
    counters = [counter for folder in members for counter in read_weights(folder).members]
    silent = _silent(members, cards, comparing)
    silence(counters, silent)
    mirrored = mirrored or any(card.config["mirrored"] for card in cards)
    ensemble = Ensemble(counters, mirrored=mirrored)
    made_by = {
        "command": command,
        "members": [origin for card in cards for origin in _origins(card)],
        "licence": "; ".join(dict.fromkeys(str(card.made_by.get("licence")) for card in cards)),
    }
    configs = [config for card in cards for config in card.config["members"]]
    artifact = replace(
        cards[0],
        version=version_of(ensemble),
        label_prior=_mean([card.label_prior for card in cards for _ in card.config["members"]]),
        config={"members": configs, "mirrored": mirrored, "silent": silent},
        made_by=made_by,
    )
    return release(artifact, ensemble, out, data)


def _origins(card: Artifact) -> list[Any]:
    """What made each member of an artefact: of one that was merged itself, what made its members."""
    return list(card.made_by.get("members") or [dict(card.made_by) | {"version": card.version}])


def _mean(priors: Sequence[tuple[float, ...]]) -> tuple[float, ...]:
    """How often each count was seen in training, on average over the members' trainings."""
    return tuple(round(fmean(shares), 6) for shares in zip(*priors, strict=True))


def _silent(members: Sequence[Path], cards: Sequence[Artifact], comparing: Sequence[Path]) -> list[int]:
    """Places, among all members of all folders, of those that shall not compare."""
    if strange := [folder for folder in comparing if folder not in members]:
        raise ArtifactError(f"{strange[0]} shall compare two looks and is no member: give it as --member too")
    learned = {folder for folder, card in zip(members, cards, strict=True) if card.pair is not None}
    if mute := [folder for folder in comparing if folder not in learned]:
        raise ArtifactError(f"{mute[0]} shall compare two looks and has not learned to: it has no {PAIR}")
    compares = [
        folder in (comparing or learned) and place not in card.config.get("silent", ())
        for folder, card in zip(members, cards, strict=True)
        for place in range(len(card.config["members"]))
    ]
    return [place for place, able in enumerate(compares) if not able]


def again(folder: Path, data: Path, command: str) -> Artifact:
    """Make graph, temperature and figures of an artefact anew from its weights.

    Raises:
        ArtifactError: the folder holds no counter.
    """
    artifact = Artifact.load(folder)
    artifact = replace(artifact, made_by={**artifact.made_by, "graph": command})
    return release(artifact, read_weights(folder), folder, data)
