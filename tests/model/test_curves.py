"""The learning curves are a picture that is there after every epoch, also of the epochs before a restart."""

import io

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: requirements/model.txt")
pytest.importorskip("matplotlib", reason="matplotlib is not installed: requirements/model.txt")

from PIL import Image  # noqa: E402

from bincount.training.curves import Curves, drawn  # noqa: E402
from bincount.training.logs import CsvLog, read_epochs  # noqa: E402
from bincount.training.observers import Epoch, Observer  # noqa: E402
from tests.model.small_training import a_net, train  # noqa: E402


def an_epoch(number, nll=1.5):
    return Epoch(number, 2.0 / number, nll, 0.7, 0.4, 0.9, 1e-3 / number, 100.0, 9.0)


def test_the_picture_is_whole_after_every_epoch(tmp_path):
    sizes = []

    class Viewer(Observer):
        def finished_epoch(self, epoch):
            with Image.open(tmp_path / "curves.png") as picture:
                picture.load()
                sizes.append(picture.size)

    train(a_net(), [Curves(tmp_path), Viewer()], epochs=3)

    assert [(990, 660)] * 3 == sizes
    assert ["curves.png"] == [path.name for path in tmp_path.iterdir()]


def test_a_run_that_goes_on_draws_what_was_before_it(tmp_path):
    train(a_net(), [CsvLog(tmp_path), Curves(tmp_path)], epochs=2)

    train(a_net(), [CsvLog(tmp_path), Curves(tmp_path)], epochs=3, first_epoch=3)

    assert drawn(read_epochs(tmp_path)) == (tmp_path / "curves.png").read_bytes()
    assert [1, 2, 3] == [epoch.number for epoch in read_epochs(tmp_path)]


@pytest.mark.parametrize("epochs", [[an_epoch(1)], [an_epoch(1), an_epoch(2, nll=float("inf"))]])
def test_one_epoch_or_an_odd_figure_is_drawn_too(epochs):
    with Image.open(io.BytesIO(drawn(epochs))) as picture:
        assert "PNG" == picture.format
