"""Several processes train what one would."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: requirements/model.txt")

from bincount.training.config import BadConfig, TrainConfig  # noqa: E402
from bincount.training.distributed import joined_run  # noqa: E402
from tests.model.distributed_run import train  # noqa: E402

ROOT = Path(__file__).parents[2]


def weights_of_two_processes(out):
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    done = subprocess.run(
        [*launch, "-m", "tests.model.distributed_run", out],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    return torch.load(out, weights_only=True)


def test_two_processes_train_the_same_counter_as_one_with_the_same_batches(tmp_path):
    train(tmp_path / "one.pt")
    alone = torch.load(tmp_path / "one.pt", weights_only=True)

    together = weights_of_two_processes(tmp_path / "two.pt")

    assert alone.keys() == together.keys()
    assert all(torch.allclose(tensor, together[name], atol=1e-5) for name, tensor in alone.items())


def test_a_batch_that_cannot_be_shared_evenly_is_refused(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "3")

    with pytest.raises(BadConfig, match="64 cannot be shared by 3"), joined_run(TrainConfig()):
        pass
