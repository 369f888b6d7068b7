"""`bincount`: the counter's command line.

Each command imports what it needs when it runs: `--help` must not wait for numpy or torch.
"""

import logging

import click

from bincount.commands.compare import compare
from bincount.commands.draw import draw
from bincount.commands.eda import eda
from bincount.commands.evaluate import evaluate
from bincount.commands.explain import explain
from bincount.commands.export import export
from bincount.commands.predict import predict
from bincount.commands.prepare import prepare
from bincount.commands.serve import serve
from bincount.commands.train import train
from bincount.commands.tune import tune


@click.group(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option("-v", "--verbose", is_flag=True, help="Say what is being done.")
def main(verbose: bool) -> None:
    """Train, look at and serve the counter that reads P(count) from the photo of a bin."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    if verbose:
        logging.getLogger("bincount").setLevel(logging.INFO)  # the libraries have nothing to say to users


for command in (draw, prepare, eda, train, tune, evaluate, explain, export, predict, compare, serve):
    main.add_command(command)

if __name__ == "__main__":
    main()
