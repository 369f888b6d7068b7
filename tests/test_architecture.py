"""Who may import whom."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = [path for path in (ROOT / "shared/binwatch").glob("*.py") if path.name != "bootstrap.py"]
FUNCTIONS = sorted((ROOT / "functions").rglob("*.py"))
LONGEST_FILE = 300  # of the code; a table of rules may be longer
MODEL = sorted((ROOT / "model/bincount").rglob("*.py"))


def imports(path):
    """The dotted names that a module imports when it is imported, and later."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield f"{node.module}"


def relative(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", CORE, ids=relative)
def test_the_core_is_standard_library_only(path):
    foreign = {
        name
        for name in imports(path)
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("binwatch")
    }

    assert foreign == set()
    assert not any(name.startswith(("binwatch.adapters", "binwatch.bootstrap")) for name in imports(path))


@pytest.mark.parametrize("path", FUNCTIONS, ids=relative)
def test_a_function_knows_no_adapter_and_no_torch(path):
    assert not any(
        name.startswith(("binwatch.adapters", "boto", "torch", "pynamodb")) for name in imports(path)
    )


@pytest.mark.parametrize("path", MODEL, ids=relative)
def test_the_counter_shares_only_the_endpoints_contract_with_lambda(path):
    assert {name for name in imports(path) if name.split(".")[0] == "binwatch"} <= {"binwatch.prediction"}


def test_lambda_code_knows_neither_the_counter_nor_the_one_machine_stack():
    for path in (*(ROOT / "shared").rglob("*.py"), *FUNCTIONS):
        assert not any(name.startswith(("bincount", "binwatch_local")) for name in imports(path)), path


def test_importing_the_functions_needs_no_environment():
    modules = [f"functions.{path.parent.name}.app" for path in FUNCTIONS if path.name == "app.py"]
    code = f"import sys; sys.path[:0] = {[str(ROOT), *sys.path]!r}; import {', '.join(modules)}"

    done = subprocess.run(
        [sys.executable, "-I", "-c", code], env={}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_the_endpoints_contract_is_read_by_a_bare_interpreter():
    code = f"import sys; sys.path.insert(0, {str(ROOT / 'shared')!r}); import binwatch.prediction"

    subprocess.run([sys.executable, "-S", "-I", "-c", code], env={}, check=True)


def test_no_file_outgrows_its_purpose():
    lines = {
        relative(path): len(path.read_text().splitlines())
        for root in ("shared", "functions", "model", "local")
        for path in (ROOT / root).rglob("*.py")
    }

    assert {path: count for path, count in lines.items() if count > LONGEST_FILE} == {}
