"""How long a cold function imports, and how large what is deployed is.

    sam build && python benchmarks/import_time.py [--runs N] [--build FOLDER]

Each run is a new process that sees the built function, the layer and the standard library only. Lambda
unpacks packages without byte code into a folder that cannot be written, so every cold start compiles what it
imports: the first column. The second shows what byte code would save.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path

FUNCTIONS = ("CountBinsFunction", "PublishAlertsFunction")
LAYER = "BinwatchLayer"
IMPORT = "import time; t = time.perf_counter(); import app; print((time.perf_counter() - t) * 1000)"


def import_ms(build: Path, function: str, byte_code: Path, *, write: bool) -> float:
    """Milliseconds that a fresh interpreter takes to import the handler."""
    path = f"{build / function}:{build / LAYER / 'python'}"
    command = [
        sys.executable,
        "-S",
        "-X",
        f"pycache_prefix={byte_code}",
        *([] if write else ["-B"]),
        "-c",
        IMPORT,
    ]
    # Our own interpreter and our own code.
    ran = subprocess.run(command, env={"PYTHONPATH": path}, capture_output=True, check=True)  # noqa: S603
    return float(ran.stdout)


def median_ms(build: Path, function: str, runs: int, *, write: bool) -> float:
    """The median of some imports, after one that is not counted."""
    with tempfile.TemporaryDirectory() as byte_code:
        times = [import_ms(build, function, Path(byte_code), write=write) for _ in range(runs + 1)]
    return statistics.median(times[1:])


def sizes(folder: Path) -> tuple[int, int]:
    """Bytes of a package as it lies there and zipped, without byte code."""
    files = [each for each in folder.rglob("*") if each.is_file() and each.suffix != ".pyc"]
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in files:
            archive.write(each, each.relative_to(folder))
    return sum(each.stat().st_size for each in files), len(packed.getvalue())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=10, help="processes a function (default: 10)")
    parser.add_argument("--build", type=Path, default=Path(".aws-sam/build"), help="what `sam build` made")
    asked = parser.parse_args()
    print(f"{'package':24}{'import':>10}{'with byte code':>18}{'unzipped':>12}{'zipped':>12}")
    for name in (*FUNCTIONS, LAYER):
        times = " " * 28
        if name in FUNCTIONS:
            cold, warm = (median_ms(asked.build, name, asked.runs, write=write) for write in (False, True))
            times = f"{cold:7.0f} ms{warm:15.0f} ms"
        unzipped, zipped = sizes(asked.build / name)
        print(f"{name:24}{times}{unzipped / 1e3:9.1f} kB{zipped / 1e3:9.1f} kB")


if __name__ == "__main__":
    main()
