"""Networks of the tests are tiny: a second thread only waits, and sums in another order."""

from importlib.util import find_spec

if find_spec("torch") is not None:
    import torch

    torch.set_num_threads(1)
