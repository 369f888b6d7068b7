"""What the driver says of the GPU."""

import torch


def utilisation() -> float | None:
    """The share of the last moments in which the GPU worked, 0 to 1; None where that cannot be read."""
    if not torch.cuda.is_available():
        return None
    try:
        return float(torch.cuda.utilization()) / 100
    except (
        ModuleNotFoundError,
        RuntimeError,
    ):  # the package nvidia-ml-py is not installed, or no driver answers
        return None
