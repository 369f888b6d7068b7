"""Signs: what looks at bins say of the aisle that a bin stands in, and of the camera that took them."""

from dataclasses import dataclass
from enum import StrEnum

from binwatch.decision import Verdict
from binwatch.groupings import Grouping
from binwatch.keys import ABID_SITE, BinId

BAD = (Verdict.UNREADABLE, Verdict.MISMATCH)


class GroupKind(StrEnum):
    """What bins can have in common."""

    AISLE = "aisle"
    CAMERA = "camera"


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """An aisle or a camera of one site."""

    site: str
    kind: GroupKind
    name: str

    def __str__(self) -> str:
        return f"{self.site}/{self.kind}/{self.name}"

    def holds(self, sign: "Sign", separator: str) -> bool:
        """Whether a look was taken by this camera, or in this aisle where that parts its bins' names."""
        if self.kind is GroupKind.CAMERA:
            return sign.camera == self.name
        return sign.bin.bin.startswith(self.name + separator)

    @classmethod
    def parse(cls, text: str) -> "Group":
        """What `str` gave."""
        site, kind, name = text.split("/", 2)
        return cls(site, GroupKind(kind), name)


@dataclass(frozen=True, slots=True)
class Sign:
    """What one look at a bin says of the groups that the bin is in.

    `hit` says that the bin was amiss while the running incident lasted, whatever it is now.
    """

    bin: BinId
    verdict: Verdict
    look_id: str
    seen_at: str
    camera: str | None = None
    hit: bool = False

    @property
    def bad(self) -> bool:
        """Whether it speaks for a fault."""
        return self.verdict in BAD


def groups_of(sign: Sign, rules: Grouping) -> list[Group]:
    """The groups that a look's bin is in: the camera, if known, and its aisle, if its name tells one.

    In this order: of two groups that could explain the same signs, the first to hear of them does. Bins of
    the ABID layout are named after photos, which stand in no aisle.
    """
    groups = [Group(sign.bin.site, GroupKind.CAMERA, sign.camera)] if sign.camera else []
    parts = sign.bin.bin.split(rules.aisle_separator)
    if 0 < rules.aisle_parts < len(parts) and sign.bin.site != ABID_SITE:
        name = rules.aisle_separator.join(parts[: rules.aisle_parts])
        groups.append(Group(sign.bin.site, GroupKind.AISLE, name))
    return groups


def explained(sign: Sign, group: Group, since: str, separator: str) -> bool:
    """Whether what a look says is the doing of a fault that a group has had since."""
    return sign.bin.site == group.site and sign.seen_at > since and group.holds(sign, separator)
