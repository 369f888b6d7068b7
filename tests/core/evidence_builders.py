"""Evidence of one bin, in few words: looks at whole hours, records, movements; and what is believed of it."""

from hypothesis import strategies as st

from binwatch.beliefs import Belief, Memory, believe, scaled
from binwatch.decision import assess
from binwatch.discrepancies import Prior
from binwatch.evidence import NO_EVIDENCE, Changed, CycleCount, Moved, Recorded, Seen

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
