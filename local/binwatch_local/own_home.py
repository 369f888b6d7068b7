"""A state folder for one run alone, of which nothing is left when the run is over."""

import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from botocore.exceptions import BotoCoreError

from binwatch.errors import Transient
from binwatch_local import servers, stack
from binwatch_local.console import err, step
from binwatch_local.errors import StepFailed
from binwatch_local.home import CACHE, Home, last_lines

LEFT_FOR_S = 86_400  # logs of a run that failed, and all of a run that was killed, stay for a day


@contextmanager
def own_home() -> Iterator[Home]:
    """A state folder until the block ends: then all is stopped, and only a failure leaves its logs."""
    folder = CACHE / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.iterdir():
        if time.time() - left.stat().st_mtime > LEFT_FOR_S and not servers.running(Home(left)):
            Home(left).purge()
    home = Home(Path(tempfile.mkdtemp(dir=folder)))
    try:
        with _blaming_servers(home):
            yield home
    except Exception:
        _stop(home)
        home.purge(logs=False)
        err.print(f"Logs of this run: {home.logs}")
        raise
    except KeyboardInterrupt:
        _stop(home)
        home.purge()
        raise
    _stop(home)
    home.purge()


@contextmanager
def _blaming_servers(home: Home) -> Iterator[None]:
    """Name the server that died where all we saw is that nobody answers."""
    try:
        yield
    except (BotoCoreError, Transient) as error:
        if failure := servers.failure(home):
            log = home.logs / "ministack.log"
            last = last_lines(log)
            raise StepFailed(f"{failure}.", "Its last words may say why.", str(log), last) from error
        raise


def _stop(home: Home) -> None:
    """Stop everything, whatever key is pressed meanwhile."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with step("Stopping what was started"):
            stack.down(home)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
