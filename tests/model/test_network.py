"""What the network computes: trunks, heads, ensembles."""

import dataclasses

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: requirements/model.txt")

from torch.nn import functional  # noqa: E402

from bincount.training.backbones import NAMES, UnknownBackbone, build_trunk  # noqa: E402
from bincount.training.config import BadConfig  # noqa: E402
from bincount.training.heads import CornHead  # noqa: E402
from bincount.training.losses import soft_labels  # noqa: E402
from bincount.training.network import Ensemble  # noqa: E402
from bincount.training.pretrained import WeightsMissing, fold_lite, folded_resnet  # noqa: E402
from tests.model.counter_builders import TINY, a_counter, some_photos  # noqa: E402

timm = pytest.importorskip("timm", reason="timm is not installed: requirements/model.txt")
models = pytest.importorskip("torchvision.models", reason="torchvision is not installed")


@pytest.mark.parametrize("name", NAMES)
def test_every_backbone_gives_a_map_of_fourteen_places_a_side_and_its_last_one(name, tmp_path):
    trunk = build_trunk(name, pretrained=False, fine=True, weights=tmp_path)

    with torch.no_grad():
        maps = trunk(torch.zeros(1, 3, 224, 224))

    assert 14 == maps[0].shape[2]
    assert trunk.channels == tuple(each.shape[1] for each in maps)


def test_an_unknown_backbone_is_told_what_there_is(tmp_path):
    with pytest.raises(UnknownBackbone, match=r"resnet99.*resnet18, resnet34"):
        build_trunk("resnet99", pretrained=False, fine=True, weights=tmp_path)


def test_lite_weights_come_from_their_package_and_folding_changes_nothing(tmp_path):
    net = timm.create_model("tf_efficientnet_lite0", pretrained=False)
    net(torch.rand(2, 3, 64, 64))  # in training mode: the batch norms now hold statistics
    photo = torch.rand(1, 3, 64, 64)

    before = net.eval()(photo)
    fold_lite(net)

    assert torch.allclose(before, net(photo), atol=1e-4)
    trunk = build_trunk("efficientnet_lite0", pretrained=True, fine=True, weights=tmp_path)
    assert "Apache-2.0" in trunk.source


def test_folding_a_resnet_changes_nothing():
    torch.manual_seed(0)
    net = models.resnet18(weights=None)
    net(torch.rand(4, 3, 64, 64))
    photos = torch.rand(2, 3, 64, 64)

    before, after = net.eval()(photos), folded_resnet(net)(photos)

    assert torch.allclose(before, after, atol=1e-4)


def test_a_folder_of_weights_is_taken_where_it_is_whole_and_refused_where_not(tmp_path):
    folder = tmp_path / "resnet18_bnfolded_npy"
    folder.mkdir()
    net = folded_resnet(models.resnet18(weights=None).eval())
    for name, tensor in net.state_dict().items():
        np.save(folder / f"{name}.npy", tensor.numpy())

    trunk = build_trunk("resnet18_layer3", pretrained=True, fine=True, weights=tmp_path)
    (folder / "layer3.1.conv2.bias.npy").unlink()

    assert trunk.stages[0][0].weight.equal(net.conv1.weight)
    with pytest.raises(WeightsMissing, match=r"layer3\.1\.conv2\.bias"):
        build_trunk("resnet18_layer3", pretrained=True, fine=True, weights=tmp_path)


def test_batch_norms_of_a_pretrained_trunk_keep_their_statistics(tmp_path):
    trunk = build_trunk("resnet18", pretrained=False, fine=True, weights=tmp_path)

    scratch = trunk.train().stages[0][1].training
    trunk.source = "ImageNet"

    assert scratch
    assert not trunk.train().stages[0][1].training


def test_more_stages_cannot_be_frozen_than_lie_before_the_finer_map():
    with pytest.raises(BadConfig, match="at most 2"):
        a_counter(dataclasses.replace(TINY, frozen=3))


def test_corn_answers_with_a_distribution_that_its_own_softmax_leaves_alone():
    head = CornHead(width=5, classes=4)

    answer = head(torch.randn(3, 5))

    assert torch.allclose(torch.ones(3), answer.exp().sum(dim=1))
    assert torch.allclose(answer, torch.log_softmax(answer, dim=1), atol=1e-6)


def test_corns_likelihood_is_the_sum_of_its_conditional_losses():
    head = CornHead(width=5, classes=4)
    row = torch.randn(1, 5)
    steps = head.linear(row)[0]

    loss = -head(row)[0, 2]

    told = torch.tensor([1.0, 1.0, 0.0])  # a count of 2 is above 0, above 1, and not above 2
    assert torch.allclose(functional.binary_cross_entropy_with_logits(steps, told, reduction="sum"), loss)


def test_an_ensemble_is_the_mean_of_its_members_distributions():
    photos = torch.from_numpy(some_photos(3).pixels)
    members = [a_counter().eval(), a_counter().eval()]

    answer = torch.softmax(Ensemble(members, mirrored=True)(photos), dim=1)

    looks = [torch.softmax(member(look), 1) for member in members for look in (photos, photos.flip(2))]
    assert torch.allclose(torch.stack(looks).mean(dim=0), answer, atol=1e-5)


def test_members_that_never_compared_two_looks_are_not_asked_to():
    photos = torch.from_numpy(some_photos(2).pixels)
    plain = a_counter(dataclasses.replace(TINY, pair_weight=0.0, items_weight=0.0)).eval()
    comparing = a_counter().eval()
    alone, together = (
        Ensemble([comparing], mirrored=False),
        Ensemble([plain, comparing], mirrored=False),
    )

    row = together.count_and_rows(photos)[1]

    assert (2, together.width) == row.shape
    assert torch.allclose(
        alone.differences(row[:1], row[1:]), together.differences(row[:1], row[1:]), atol=1e-6
    )
    assert not Ensemble([plain], mirrored=False).compares


def test_soft_labels_are_distributions_around_the_label():
    rows = soft_labels(classes=5, softness=0.1, reach=1.0)

    assert torch.allclose(rows.sum(dim=1), torch.ones(5))
    assert torch.allclose(rows.diagonal(), torch.full((5,), 0.9))
    assert rows[2, 1] == rows[2, 3] > rows[2, 0]
