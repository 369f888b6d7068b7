"""One stack, and one runtime a function, for all tests of the built functions."""

import pytest

from tests.artefacts.lambda_runtime import LambdaRuntime
from tests.artefacts.one_machine import FUNCTIONS, LAYER, one_machine


@pytest.fixture(scope="session")
def machine(tmp_path_factory):
    with one_machine(tmp_path_factory.mktemp("one-machine")) as machine:
        machine.put_objects()
        yield machine


@pytest.fixture(scope="session")
def functions(machine, tmp_path_factory):
    """Every function by its name in the template, ready to be invoked."""
    started = {
        name: LambdaRuntime(
            machine.built / name, machine.built / LAYER, machine.environ(name), tmp_path_factory.mktemp(name)
        )
        for name in FUNCTIONS
    }
    yield started
    for function in started.values():
        function.stop()
