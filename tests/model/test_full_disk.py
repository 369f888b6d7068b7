"""What a disk that is full leaves behind."""

import errno
import resource
from contextlib import contextmanager

import numpy as np
import pytest

from bincount.artifact import write_atomically


@contextmanager
def files_of_at_most(size):
    """No file can grow beyond this many bytes: what a full disk is like, for one process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_that_does_not_fit_is_named_and_the_old_one_is_kept(tmp_path):
    path = tmp_path / "counter.onnx"
    path.write_bytes(b"old")

    with files_of_at_most(1000), pytest.raises(OSError, match=r"counter\.onnx") as raised:
        write_atomically(path, bytes(2000))

    assert errno.EFBIG == raised.value.errno
    assert b"old" == path.read_bytes()
    assert [path] == list(tmp_path.iterdir())


def test_a_run_whose_views_do_not_fit_ends_at_once_and_leaves_no_counter(tmp_path):
    pytest.importorskip("torch", reason="torch is not installed: requirements/model.txt")
    from dataclasses import replace

    from bincount.training.config import CONFIG
    from bincount.training.fitting import Run, fit
    from tests.model.counter_builders import TINY, a_counter, some_photos

    config = replace(TINY, views=1)
    counter = a_counter(config)
    before = {name: tensor.clone() for name, tensor in counter.state_dict().items()}

    with files_of_at_most(1000), pytest.raises(OSError, match=r"0\.npy"):
        fit(counter, some_photos(), some_photos(8, seed=1), config, Run(folder=tmp_path))

    assert [CONFIG] == [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert all(np.array_equal(before[name], tensor) for name, tensor in counter.state_dict().items())
