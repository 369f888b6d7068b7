"""The learning rate's factor at each step."""

import math

_EPOCHS, _FACTOR = 10, 0.1  # of the stepwise schedule


def warm_cosine(steps: int, step: int) -> float:
    """Up over the first tenth of the steps, then down to zero along a cosine."""
    warm = max(1, steps // 10)
    if step < warm:
        return (step + 1) / warm
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - warm) / max(1, steps - warm))))


def stepwise(batches: int, step: int) -> float:
    """A tenth after every ten passes of so many batches."""
    return float(_FACTOR ** (step // (_EPOCHS * batches)))
