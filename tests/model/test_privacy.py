"""Counting leaves nothing in the home folder."""

import os
import subprocess
import sys


def test_loading_the_counter_writes_nothing_into_the_home_folder(tmp_path):
    environ = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}

    subprocess.run(
        [sys.executable, "-c", "import bincount.onnx_graph"],
        env=environ | {"HOME": str(tmp_path)},
        check=True,
    )

    assert [] == [path for path in tmp_path.rglob("*") if path.is_file()]
