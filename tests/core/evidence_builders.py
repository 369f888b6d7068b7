"""Evidence of one bin, in few words: looks at whole hours, records, movements; and what is believed of it."""

from random import Random

from hypothesis import strategies as st

from binwatch.beliefs import Belief, Memory, believe, scaled
from binwatch.decision import assess
from binwatch.discrepancies import Prior
from binwatch.evidence import NO_EVIDENCE, Changed, CycleCount, Moved, Recorded, Seen
from binwatch.unexplained import steps_of

CLASSES = 7
USUAL = (1 / CLASSES,) * CLASSES
HOUR = 3600.0
LASTING = Memory(correlation_touched=0, half_life=1e9)  # so that age does not matter
ALL_ALIKE = (1.0,) * CLASSES


def likelihood(count, against=0.1):
    return tuple(1.0 if each == count else against for each in range(CLASSES))


def a_look(count, at, against=0.1, **more):
    return Seen(at * HOUR, f"look {at}", likelihood(count, against), **more)


def a_change(by, before, after):
    values = tuple(1.0 if each == by else 0.01 for each in range(-6, 7))
    return Changed(after * HOUR, f"pair {after}", f"look {before}", f"look {after}", values)


def a_record(quantity, at, moved=0):
    return Recorded(at * HOUR, f"record {at}", quantity, moved)


def evidence(*items):
    found = NO_EVIDENCE
    for item in items:
        found = found.add(item)
    return found


def belief(*items, memory=LASTING, expected=None):
    return believe(evidence(*items), memory, expected)


def mismatch(expected, *items, memory=LASTING):
    known = Belief(belief(*items, memory=memory, expected=expected), USUAL)
    return assess(known, expected, Prior()).mismatch


def likely(values):
    return values.index(max(values))


likelihoods = st.lists(st.floats(0.001, 1), min_size=CLASSES, max_size=CLASSES).map(scaled)
times = st.integers(0, 200)
any_items = st.lists(
    st.one_of(
        st.builds(lambda at, values: Seen(at * HOUR, f"look {at}", values), times, likelihoods),
        st.builds(lambda at, by: Moved(at * HOUR, f"moved {at}", by), times, st.integers(-4, 4)),
        st.builds(lambda at, n: CycleCount(at * HOUR, f"count {at}", n), times, st.integers(0, 8)),
        st.builds(lambda at, n: Recorded(at * HOUR, f"record {at}", n), times, st.integers(0, 8)),
    ),
    max_size=24,
    unique_by=lambda item: item.id,
)
memories = st.builds(Memory, st.floats(0, 1), st.floats(0, 1), st.floats(1, 1000))


def many_items(rng: Random, number: int, *, records: int, quantities: int = 3):
    """Evidence in the order of time, of all kinds: so many pieces in all, so many of them statements."""
    stated = set(rng.sample(range(number), records))
    found = []
    for at in range(number):
        if at in stated:
            moved = rng.choice([0, 0, 0, -1])
            found.append(Recorded(at * HOUR, f"record {at}", rng.randrange(quantities), moved))
        elif rng.random() < 0.5:
            found.append(a_look(rng.randrange(CLASSES), at, 0.2))
        else:
            booked = Moved(at * HOUR, f"moved {at}", rng.choice([-1, 1]))
            found.append(rng.choice([booked, booked, CycleCount(at * HOUR, f"count {at}", rng.randrange(5))]))
    return found


def overtaken(rng: Random, items, by: int):
    """The pieces in an order in which each statement is overtaken by so many later ones at most."""
    waiting = [item for item in items if isinstance(item, Recorded)]
    records = []
    while waiting:
        first = waiting[0]
        ahead = sum(each.at > first.at for each in records)
        records.append(waiting.pop(0 if ahead >= by else rng.randrange(min(len(waiting), by + 1))))
    found = rng.sample([item for item in items if not isinstance(item, Recorded)], len(items) - len(records))
    for place, item in zip(sorted(rng.choices(range(len(found) + 1), k=len(records))), records, strict=True):
        found.insert(place + records.index(item), item)
    return found


def said_by(found, expected):
    """What evidence says: its belief, and what becomes of the record in the order of time."""
    return believe(found, LASTING, expected), tuple(steps_of(found.items))
